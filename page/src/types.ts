// What the page's server says and takes. Block Kit's shapes: docs.slack.dev/reference/block-kit

export interface Text {
  type: "plain_text" | "mrkdwn";
  text: string;
  emoji?: boolean;
  verbatim?: boolean;
}

export interface Option {
  text: Text;
  value: string;
  description?: Text;
  url?: string;
}

export interface OptionGroup {
  label: Text;
  options: Option[];
}

export interface Confirm {
  title?: Text;
  text: Text;
  confirm?: Text;
  deny?: Text;
  style?: "primary" | "danger";
}

/** An element that acts or holds a value; which fields it has depends on its type. */
export interface Element {
  type: string;
  action_id: string;
  text?: Text;
  value?: string;
  url?: string;
  style?: "primary" | "danger";
  accessibility_label?: string;
  confirm?: Confirm;
  placeholder?: Text;
  options?: Option[];
  option_groups?: OptionGroup[];
  initial_option?: Option;
  initial_options?: Option[];
  initial_user?: string;
  initial_users?: string[];
  initial_channel?: string;
  initial_channels?: string[];
  initial_conversation?: string;
  initial_conversations?: string[];
  initial_date?: string;
  initial_time?: string;
  initial_date_time?: number;
  initial_value?: string;
  multiline?: boolean;
  min_length?: number;
  max_length?: number;
  min_value?: string;
  max_value?: string;
  is_decimal_allowed?: boolean;
  min_query_length?: number;
  max_selected_items?: number;
  focus_on_load?: boolean;
  dispatch_action_config?: { trigger_actions_on?: string[] };
  image_url?: string;
  slack_file?: { id?: string; url?: string };
  alt_text?: string;
  positive_button?: FeedbackButton;
  negative_button?: FeedbackButton;
}

export interface FeedbackButton {
  text: Text;
  value: string;
  accessibility_label?: string;
}

export interface Cell {
  type: string;
  text?: string;
  value?: number;
  elements?: RichElement[];
}

export interface ColumnSetting {
  align?: "left" | "center" | "right";
  is_wrapped?: boolean;
}

/** A block; which fields it has depends on its type. */
export interface Block {
  type: string;
  block_id?: string;
  text?: Text | string;
  fields?: Text[];
  accessory?: Element;
  elements?: unknown[];
  element?: Element;
  label?: Text;
  hint?: Text;
  optional?: boolean;
  dispatch_action?: boolean;
  level?: number | string;
  title?: Text | string;
  subtitle?: Text;
  body?: Text;
  subtext?: Text;
  icon?: Element;
  hero_image?: Element;
  actions?: Element[];
  image_url?: string;
  slack_file?: { id?: string; url?: string };
  alt_text?: string;
  rows?: Cell[][];
  column_settings?: ColumnSetting[];
  caption?: string;
  page_size?: number;
  child_blocks?: Block[];
  rich_text_title?: Block;
  is_collapsible?: boolean;
  default_collapsed?: boolean;
  chart?: unknown;
  tasks?: Block[];
  status?: string;
  details?: Block;
  output?: Block;
  sources?: { url: string; text: string }[];
}

/** One part of a rich text, from a block's `elements` down to a word. */
export interface RichElement {
  type: string;
  elements?: RichElement[];
  text?: string;
  url?: string;
  style?: Style | "bullet" | "ordered";
  user_id?: string;
  channel_id?: string;
  usergroup_id?: string;
  range?: string;
  name?: string;
  unicode?: string;
  timestamp?: number;
  format?: string;
  fallback?: string;
  value?: string;
  indent?: number;
  offset?: number;
  border?: number;
}

export interface Style {
  bold?: boolean;
  italic?: boolean;
  strike?: boolean;
  code?: boolean;
}

/** What a control holds: an option's value, ids, words, a time; whole options of external menus. */
export type Value = string | number | Option | (string | Option)[] | null;
export type Values = Record<string, Record<string, Value>>;

export interface Person {
  id: string;
  name: string;
  real_name: string;
  tz: string;
  locale: string;
  guest: boolean;
  outsider: boolean;
  bot: boolean;
}

export interface Channel {
  id: string;
  name: string;
  kind: "channel" | "private" | "shared" | "dm";
  is_member: boolean;
  is_archived: boolean;
  bot_member: boolean;
}

export interface Command {
  command: string;
  hint: string;
  description: string;
}

export interface Attachment {
  color?: string;
  pretext?: string;
  author_name?: string;
  title?: string;
  title_link?: string;
  text?: string;
  fallback?: string;
  fields?: { title?: string; value?: string; short?: boolean }[];
  blocks?: Block[];
  footer?: string;
}

export interface SharedFile {
  id: string;
  name: string;
  title: string;
  size: number;
  mimetype: string;
}

export interface Message {
  channel: string;
  ts: string;
  author: { id: string; name: string; bot: boolean };
  time: number;
  text: string;
  blocks: Block[];
  attachments: Attachment[];
  ephemeral: boolean;
  state?: Said;
  edited: boolean;
  thread_ts: string | null;
  reply_count: number;
  files: SharedFile[];
  version: number;
}

/** Slack's state: what a person chose or typed, by block and action. */
export interface Said {
  values?: Record<string, Record<string, Record<string, unknown>>>;
}

export interface View {
  id: string;
  type: "modal" | "home";
  title: string;
  submit: string | null;
  close: string | null;
  blocks: Block[];
  state?: Said;
  hash: string;
  errors?: Record<string, string>;
}

export interface Notice {
  channel: string | null;
  text: string;
  time: number;
}

export interface PanelButton {
  do: string;
  label: string;
  group: string;
  /** Whether a state holds now; null for what is done rather than switched. */
  on: boolean | null;
  minutes: number | null;
}

/** What happened of late, by the simulated clock. */
export interface PanelNote {
  group: string;
  text: string;
  at: number;
}

export interface State {
  type: "state";
  now: number;
  me: string;
  team: { id: string; name: string };
  users: Person[];
  channels: Channel[];
  commands: Command[];
  home_enabled: boolean;
  home: View | null;
  messages: Record<string, Message[]>;
  views: View[];
  notices: Notice[];
  panel: { buttons: PanelButton[]; notes: PanelNote[]; clock: string; account: string; slack: string };
}

export type Surface =
  | { kind: "message"; channel: string; ts: string }
  | { kind: "view"; id: string }
  | { kind: "home" };

export type Act =
  | { act: "send"; channel: string; text: string; thread_ts: string | null }
  | { act: "press"; surface: Surface; block_id: string; action_id: string }
  | { act: "choose"; surface: Surface; block_id: string; action_id: string; value: Value }
  | { act: "suggest"; surface: Surface; block_id: string; action_id: string; text: string }
  | { act: "submit"; view: string; values: Values }
  | { act: "close"; view: string }
  | { act: "home" }
  | { act: "panel"; do: string; minutes: number | null };

export interface Done {
  ok: boolean;
  error?: string;
  options?: Option[];
  errors?: Record<string, string>;
}
