// An element that acts or holds a value, by its type.
import type { ReactNode } from "react";
import { Picture } from "../picture";
import type { Block, Element } from "../types";
import { Button, Feedback } from "./button";
import { Checkboxes, Radio } from "./choices";
import { RichInput, TextInput } from "./inputs";
import { Overflow } from "./overflow";
import { DatePicker, DateTimePicker, TimePicker } from "./pickers";
import { ExternalSelect, PeopleSelect, StaticSelect } from "./selects";

/** How an input block names and describes its control. */
export interface Labelling {
  id?: string;
  label?: string;
  describedBy?: string;
  invalid?: boolean;
  required?: boolean;
}

export interface ControlProps {
  block: Block;
  element: Element;
  labelling?: Labelling;
}

export function Control(props: ControlProps): ReactNode {
  const { element } = props;
  switch (element.type) {
    case "button":
    case "workflow_button":
    case "icon_button":
      return <Button {...props} />;
    case "feedback_buttons":
      return <Feedback {...props} />;
    case "overflow":
      return <Overflow {...props} />;
    case "static_select":
    case "multi_static_select":
      return <StaticSelect {...props} />;
    case "external_select":
    case "multi_external_select":
      return <ExternalSelect {...props} />;
    case "users_select":
    case "multi_users_select":
    case "channels_select":
    case "multi_channels_select":
    case "conversations_select":
    case "multi_conversations_select":
      return <PeopleSelect {...props} />;
    case "datepicker":
      return <DatePicker {...props} />;
    case "timepicker":
      return <TimePicker {...props} />;
    case "datetimepicker":
      return <DateTimePicker {...props} />;
    case "radio_buttons":
      return <Radio {...props} />;
    case "checkboxes":
      return <Checkboxes {...props} />;
    case "plain_text_input":
    case "number_input":
    case "email_text_input":
    case "url_text_input":
      return <TextInput {...props} />;
    case "rich_text_input":
      return <RichInput {...props} />;
    case "image":
      return <Picture picture={element} />;
    default:
      throw new Error(`an element of type ${element.type}`);
  }
}

/** What a control outside of an input is called. */
export const nameOf = ({ element, labelling }: ControlProps, otherwise: string): string =>
  labelling?.label ?? element.accessibility_label ?? element.placeholder?.text ?? otherwise;
