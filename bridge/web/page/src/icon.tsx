// The signs of the page, drawn here so that they look the same everywhere.
// None of them is told to screen readers: a word always stands beside.

import type { ComponentChildren } from "preact";

function Icon({ children, box = 20 }: { children: ComponentChildren; box?: number }) {
  return (
    <svg class="icon" viewBox={`0 0 ${box} ${box}`} width={box} height={box} fill="none" stroke="currentColor"
      stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const ChatIcon = () => (
  <Icon><path d="M3.5 5.5a2 2 0 0 1 2-2h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H9l-4 3.2v-3.2a1.5 1.5 0 0 1-1.5-1.5z" /><path d="M7 7.4h6M7 10h3.6" /></Icon>
);
export const PhoneIcon = () => (
  <Icon><rect x="5.5" y="2.5" width="9" height="15" rx="2" /><path d="M9 15h2" /></Icon>
);
export const KeysIcon = () => (
  <Icon><rect x="2.5" y="5" width="15" height="10" rx="2" /><path d="M5.5 8h.01M8.5 8h.01M11.5 8h.01M14.5 8h.01M6.5 12h7" /></Icon>
);
export const PlusIcon = () => <Icon><path d="M10 4.5v11M4.5 10h11" /></Icon>;
export const BackIcon = () => <Icon><path d="M12.5 4.5 7 10l5.5 5.5" /></Icon>;
export const CloseIcon = () => <Icon><path d="m5.5 5.5 9 9M14.5 5.5l-9 9" /></Icon>;
export const SearchIcon = () => <Icon><circle cx="9" cy="9" r="5" /><path d="m13 13 3.5 3.5" /></Icon>;
export const DetailsIcon = () => <Icon><rect x="2.5" y="4" width="15" height="12" rx="2" /><path d="M12 4v12" /></Icon>;
export const SendIcon = () => <Icon><path d="M3.5 10 16.5 4l-4 12.5-3-5z" /><path d="m9.5 11.5 7-7.5" /></Icon>;
export const DownIcon = () => <Icon><path d="M10 4.5v11M5.5 11l4.5 4.5L14.5 11" /></Icon>;
export const PersonIcon = () => <Icon><circle cx="10" cy="7" r="3" /><path d="M4.5 16.5c.6-3 2.8-4.5 5.5-4.5s4.9 1.5 5.5 4.5" /></Icon>;
export const AddPersonIcon = () => <Icon><circle cx="8" cy="7" r="3" /><path d="M2.8 16.5c.6-3 2.5-4.5 5.2-4.5 1.6 0 3 .5 3.9 1.5M15 9.5v6M12 12.5h6" /></Icon>;
export const SimIcon = () => <Icon><path d="M5.5 4.5a2 2 0 0 1 2-2h4l3.5 3.5v9.5a2 2 0 0 1-2 2h-5.5a2 2 0 0 1-2-2z" /><rect x="8" y="9.5" width="4.5" height="4.5" rx="1" /></Icon>;
export const SettingsIcon = () => <Icon><path d="M3.5 6h7M14.5 6h2M3.5 14h2M9.5 14h7" /><circle cx="12.5" cy="6" r="2" /><circle cx="7.5" cy="14" r="2" /></Icon>;
export const MenuIcon = () => <Icon><path d="M3.5 5.5h13M3.5 10h13M3.5 14.5h13" /></Icon>;
export const RadioIcon = () => <Icon><path d="M10 11v6M6.5 12.5a5 5 0 0 1 0-7M13.5 12.5a5 5 0 0 0 0-7M4 15a8.5 8.5 0 0 1 0-12M16 15a8.5 8.5 0 0 0 0-12" /><circle cx="10" cy="9" r="1.2" /></Icon>;
export const StarIcon = () => <Icon><path d="M10 4v12M4.8 7l10.4 6M4.8 13l10.4-6" /></Icon>;
export const TeamIcon = () => <Icon><circle cx="7" cy="7.5" r="2.6" /><path d="M2.5 16c.4-2.7 2.2-4 4.5-4s4.1 1.3 4.5 4M12.5 5.2a2.4 2.4 0 0 1 0 4.6M14 12.2c1.9.4 3.1 1.6 3.5 3.8" /></Icon>;
export const PlugIcon = () => <Icon><path d="M7 2.5v4M13 2.5v4M5 6.5h10v3a5 5 0 0 1-10 0zM10 14.5v3" /></Icon>;
export const BookIcon = () => <Icon><path d="M4.5 3.5h9a2 2 0 0 1 2 2v11h-9a2 2 0 0 1-2-2zM4.5 14.5a2 2 0 0 1 2-2h9M8 7h4" /></Icon>;
export const LeaveIcon = () => <Icon><path d="M8 3.5H5a1.5 1.5 0 0 0-1.5 1.5v10A1.5 1.5 0 0 0 5 16.5h3M12.5 6.5 16 10l-3.5 3.5M16 10H8" /></Icon>;

export const MoreIcon = () => <Icon><path d="M10 4.6v.1M10 10v.1M10 15.4v.1" stroke-width="2.4" /></Icon>;
export const CallIcon = () => <Icon><path d="M6.3 3.5 8 7.2 6.4 8.6a9 9 0 0 0 5 5l1.4-1.6 3.7 1.7v2.1c0 .5-.4.9-.9.9A12.1 12.1 0 0 1 3.4 4.4c0-.5.4-.9.9-.9z" /></Icon>;
export const VideoIcon = () => <Icon><rect x="2.5" y="5.5" width="10" height="9" rx="2" /><path d="m12.5 9 4.5-2.5v7L12.5 11" /></Icon>;
export const CopyIcon = () => <Icon><rect x="7" y="7" width="9" height="9.5" rx="2" /><path d="M13 4.5A1.5 1.5 0 0 0 11.5 3.5h-6A1.5 1.5 0 0 0 4 5v7a1.5 1.5 0 0 0 1.2 1.5" /></Icon>;
export const MailIcon = () => <Icon><rect x="3" y="5" width="14" height="10.5" rx="2" /><path d="m3.5 6.5 6.5 5 6.5-5" /></Icon>;
export const HeadsetIcon = () => <Icon><path d="M4 12v-2a6 6 0 0 1 12 0v2" /><rect x="3" y="11" width="3.5" height="5" rx="1.5" /><rect x="13.5" y="11" width="3.5" height="5" rx="1.5" /></Icon>;
export const ManagerIcon = () => <Icon><path d="m10 3.5 1.9 4.2 4.6.5-3.4 3.1.9 4.5-4-2.3-4 2.3.9-4.5-3.4-3.1 4.6-.5z" /></Icon>;
export const HashIcon = () => <Icon><path d="M8 4 6.5 16M13.5 4 12 16M4.5 8h12M3.5 12h12" /></Icon>;
export const MutedIcon = () => <Icon box={16}><path d="M4.5 11.5V7a3.5 3.5 0 0 1 6-2.4M11.5 8v3.5h-8M7 13.5h2M2.5 2.5l11 11" /></Icon>;
export const GoIcon = () => <Icon><path d="M4 10h11M10.5 5.5 15 10l-4.5 4.5" /></Icon>;

// Ticks say what became of a text. Their shapes differ, not only their
// colours.
export type TickShape = "wait" | "part" | "sent" | "delivered" | "doubt" | "bad";

export function Tick({ shape }: { shape: TickShape }) {
  return <span class={"tick " + shape} aria-hidden="true"><Icon box={16}>{shapes[shape]}</Icon></span>;
}

const shapes = {
  wait: <circle cx="8" cy="8" r="4.6" />,
  part: <><circle cx="8" cy="8" r="4.6" /><path d="M8 8V3.4A4.6 4.6 0 0 1 12.6 8z" fill="currentColor" stroke="none" /></>,
  sent: <path d="m3.5 8.5 3 3 6-7" />,
  delivered: <path d="m1.2 8.5 3 3 6-7M8 11.3l.3.2 6-7" />,
  doubt: <><path d="M5.8 6a2.2 2.2 0 1 1 3.3 1.9C8.3 8.4 8 8.9 8 9.7" /><path d="M8 12.3v.1" stroke-width="2.2" /></>,
  bad: <><circle cx="8" cy="8" r="6" /><path d="M8 4.8V8.4" /><path d="M8 11v.1" stroke-width="2" /></>,
};
export const HistoryIcon = () => <Icon><circle cx="10.5" cy="10" r="6.5" /><path d="M10.5 6.5V10l2.5 1.8M2.5 8l1.6 2.2L6 8" /></Icon>;
export const ContactsIcon = () => <Icon><rect x="4" y="2.5" width="12.5" height="15" rx="2" /><path d="M2.5 6.5h3M2.5 10h3M2.5 13.5h3" /><circle cx="10.5" cy="8" r="2" /><path d="M7.5 14c.3-1.8 1.5-2.7 3-2.7s2.7.9 3 2.7" /></Icon>;
export const CaseIcon = () => <Icon><rect x="2.5" y="6" width="15" height="10.5" rx="2" /><path d="M7 6V4.5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1V6M2.5 10.5h15M10 9.5v2" /></Icon>;
export const QueueIcon = () => <Icon><path d="M3.5 5h9M3.5 10h6M3.5 15h6" /><circle cx="14.5" cy="12.5" r="3.5" /><path d="M14.5 11v1.6l1 .8" /></Icon>;
export const ChartIcon = () => <Icon><path d="M3.5 3v13.5h13.5" /><path d="M7 13v-3M10.5 13V6M14 13V8.5" /></Icon>;
export const HelpIcon = () => <Icon><circle cx="10" cy="10" r="7" /><path d="M8 8a2 2 0 1 1 2.8 1.9c-.6.3-.8.6-.8 1.3M10 13.6h.01" /></Icon>;
export const StopIcon = () => <Icon><path d="M7 2.8h6L17.2 7v6L13 17.2H7L2.8 13V7z" /><path d="M7 10h6" /></Icon>;
export const PeopleIcon = () => <Icon><path d="M3.5 4.5h9v5h-5l-2 2v-2h-2zM11 12h5.5v3.5h-1.5v1.5l-1.7-1.5H10.5" /></Icon>;
export const QuietIcon = () => <Icon><circle cx="10" cy="10" r="7" /><path d="m5.2 5.2 9.6 9.6" /></Icon>;
