// The selects of Block Kit, as menus whose choices are known or searches among many.
import type { ReactNode } from "react";
import { channelTitle, useWorld } from "../people";
import { useValue } from "../surface";
import type { Option, Value } from "../types";
import { plainWords } from "./button";
import { nameOf, type ControlProps } from "./control";
import { Menu } from "./menu";
import type { Choice, Group } from "./options";
import { Search } from "./search";

const choiceOf = (option: Option): Choice => ({
  value: option.value,
  label: plainWords(option.text),
  description: option.description && plainWords(option.description),
});

const listOf = (value: Value): (string | Option)[] =>
  value === null || typeof value === "number" ? [] : Array.isArray(value) ? value : [value];
const valueOf = (one: string | Option): string => (typeof one === "string" ? one : one.value);

const common = (props: ControlProps, otherwise: string) => ({
  id: props.labelling?.id,
  label: nameOf(props, otherwise),
  placeholder: props.element.placeholder ? plainWords(props.element.placeholder) : otherwise,
  describedBy: props.labelling?.describedBy,
  invalid: props.labelling?.invalid,
  autoFocus: props.element.focus_on_load,
});

export function StaticSelect(props: ControlProps): ReactNode {
  const { block, element } = props;
  const { value, busy, choose } = useValue(block, element);
  const many = element.type.startsWith("multi_");
  const chosen = listOf(value).map(valueOf);
  const groups: Group[] = element.option_groups
    ? element.option_groups.map((group) => ({ label: plainWords(group.label), choices: group.options.map(choiceOf) }))
    : [{ choices: (element.options ?? []).map(choiceOf) }];

  function pick(choice: Choice): void {
    if (!many) return void choose(choice.value);
    const others = chosen.filter((one) => one !== choice.value);
    const more = others.length < chosen.length ? others : [...chosen, choice.value];
    if (more.length <= (element.max_selected_items ?? Infinity)) void choose(more);
  }

  return (
    <Menu
      {...common(props, many ? "Select options" : "Select an item")}
      groups={groups}
      chosen={chosen}
      many={many}
      busy={busy}
      onPick={pick}
    />
  );
}

export function ExternalSelect(props: ControlProps): ReactNode {
  const { block, element } = props;
  const { value, busy, choose, suggest } = useValue(block, element);
  const many = element.type.startsWith("multi_");
  const options = new Map<string, Option>();
  for (const one of listOf(value)) if (typeof one !== "string") options.set(one.value, one);
  const wire = (choice: Choice): Option =>
    options.get(choice.value) ?? { text: { type: "plain_text", text: choice.label }, value: choice.value };

  async function find(text: string): Promise<Choice[]> {
    const done = await suggest(text);
    for (const option of done.options ?? []) options.set(option.value, option);
    return (done.options ?? []).map(choiceOf);
  }

  return (
    <Search
      {...common(props, "Search")}
      chosen={listOf(value).map((one) => (typeof one === "string" ? { value: one, label: one } : choiceOf(one)))}
      many={many}
      busy={busy}
      shortest={element.min_query_length ?? 3}
      find={find}
      onChange={(chosen) => void choose(many ? chosen.map(wire) : chosen[0] ? wire(chosen[0]) : null)}
    />
  );
}

/** People, channels or conversations that this person may see. */
function useKnown(type: string): { choices: Choice[]; otherwise: string } {
  const { state } = useWorld();
  const people = state.users
    .filter((one) => !one.bot)
    .map((one) => ({ value: one.id, label: one.real_name || one.name, description: `@${one.name}` }));
  const open = state.channels.filter((one) => !one.is_archived);
  const channels = open.map((one) => ({ value: one.id, label: channelTitle(one) }));
  if (type.includes("users")) return { choices: people, otherwise: "Select a person" };
  if (type.includes("conversations")) return { choices: channels, otherwise: "Select a conversation" };
  const named = channels.filter((one) => one.label.startsWith("#"));
  return { choices: named, otherwise: "Select a channel" };
}

export function PeopleSelect(props: ControlProps): ReactNode {
  const { block, element } = props;
  const { value, busy, choose } = useValue(block, element);
  const { choices, otherwise } = useKnown(element.type);
  const many = element.type.startsWith("multi_");
  const known = (id: string): Choice => choices.find((choice) => choice.value === id) ?? { value: id, label: id };
  const fits = (choice: Choice, text: string): boolean =>
    `${choice.label} ${choice.description ?? ""}`.toLowerCase().includes(text.toLowerCase());
  return (
    <Search
      {...common(props, otherwise)}
      chosen={listOf(value).map((one) => known(valueOf(one)))}
      many={many}
      busy={busy}
      shortest={0}
      find={(text) => choices.filter((choice) => fits(choice, text))}
      onChange={(chosen) => {
        const ids = chosen.map((choice) => choice.value);
        void choose(many ? ids : (ids[0] ?? null));
      }}
    />
  );
}
