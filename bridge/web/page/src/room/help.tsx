// Help that is in the box itself, so that it is there without the internet:
// short articles, which the sentences of errors link to.

import { useState } from "preact/hooks";
import { catalog } from "../catalog";
import { type Article, articles } from "../helped";
import { Pane } from "../kit";
import { may, to } from "../rooms";
import { words as page } from "../words";

interface Text {
  title: string;
  paragraphs: string[];
}

const words = catalog("help", {
  title: "Help",
  told: "Short answers. They are in the box and need no internet.",
  all: "All articles",
  related: "Related",
  helpful: "Did you find it helpful?",
  yes: "Yes",
  no: "No",
  thanks: "Thank you. This is kept in your browser only.",
  sorry: "Noted, in your browser only. The owner can make a support bundle under Settings, Report a problem.",
  texts: {
    from: {
      title: "Which number a text comes from",
      paragraphs: [
        "Each SIM in a modem is one of our numbers. When you may text from several, the page fills in the one that the person was last in touch with. So they see the number that they know.",
        "When there is no such number, you choose. The page does not guess, because a text from a strange number is often taken for fraud.",
        "A manager says under Numbers who texts from which.",
      ],
    },
    gates: {
      title: "Why somebody may not text",
      paragraphs: [
        "A text passes gates, one after the other: the switch of the whole box, the switch of the number, the switch of your account, and whether the number is assigned to you. The refusal says which gate is shut.",
        "The owner opens the box’s gate under Settings and a number’s under Numbers. An account’s is under Team. A manager assigns numbers.",
        "What comes in is kept in any case: gates hold back only what goes out.",
      ],
    },
    unconfirmed: {
      title: "What Unconfirmed means",
      paragraphs: [
        "The modem took the text and then the connection to it broke, before it said whether the network has it. It may have arrived, or not: nobody here can know.",
        "It is not sent again by itself, because the person could get it twice. You decide: Send again, or mark it as sent or failed.",
        "When it happens often, look under Radio whether a modem restarts. A weak power supply is the usual cause.",
      ],
    },
    parts: {
      title: "Parts: why a text counts more than once",
      paragraphs: [
        "One SMS holds 160 characters of the SMS alphabet. A longer text travels as parts of 153, which the phone puts together; the operator bills each part.",
        "One character from outside that alphabet, such as an emoji or a curly quote, turns the whole text into Unicode: 70 characters, or parts of 67.",
        "The counter under the composer shows it while you write. The most parts of a text is set under Sending, Pace and length.",
      ],
    },
    tls: {
      title: "The browser warns of the box’s certificate",
      paragraphs: [
        "The box makes its own certificate, since no public authority signs for addresses in a home or an office. The traffic is encrypted all the same; the browser only cannot know whose certificate it is.",
        "smsbridge trust on the box shows its fingerprint and how to add its authority to a phone or a computer. Compare the fingerprint before you accept it.",
        "Without it, notices and the microphone of the browser may not work, since browsers keep those to trusted pages.",
      ],
    },
    "no-line": {
      title: "No line",
      paragraphs: [
        "A line is a SIM in a modem that the network has taken. When there is none, plug in a modem with a SIM; it shows by itself, usually within a minute.",
        "When the modem is there but not ready, its chip in the bar says why: no SIM, no network, a PIN, or a fault. The doctor under Radio looks at all of it and says what to do next.",
        "Texts that were written wait, and go out when the line is ready again.",
      ],
    },
    "lte-only": {
      title: "The SIM has data but no texts",
      paragraphs: [
        "Some SIMs and some modems only speak LTE. SMS then needs SMS over SGs or IMS, which the operator has to allow for this SIM and this modem.",
        "The signs: the network is there and the signal is good, but texts fail at once, or nothing comes in. The self-test under Radio shows it.",
        "Ask the operator for a SIM with SMS, let the modem fall back to 2G or 3G where these still exist, or use another modem.",
      ],
    },
    pin: {
      title: "The SIM asks for a PIN",
      paragraphs: [
        "A wrong PIN is never tried twice: after the third the card locks itself. So the box asks a person.",
        "Easiest is to put the SIM into a phone, switch its PIN off, and put it back. Or the one who looks after the box keeps the PIN with the number: smsbridge modem says how.",
        "When the card asks for the PUK, only the operator’s letter helps. Enter it in a phone.",
      ],
    },
    credit: {
      title: "Credit of a prepaid SIM",
      paragraphs: [
        "The operator tells the credit by a code such as *100#. Under USSD, Ask for credit calls it and reads the amount out of the answer.",
        "The box has to know the code and how the answer reads: that is a rule, one for each operator. A schedule asks by itself and warns below a limit.",
        "Some operators ask money for the code, so the schedule asks at most twice a day unless you say otherwise.",
      ],
    },
    queue: {
      title: "Why a text waits or is refused",
      paragraphs: [
        "Under Sending each text says what it waits for: its turn, the pace of the number, quiet hours, a manager who has to release it, or the one switch that stops everything.",
        "A limit refuses: so many parts an hour or a day, for the box, a number, an account or a program. It protects the bill. The refusal says from when there is room again.",
        "Rules say which countries and numbers may be texted at all. Premium numbers wait for a manager.",
      ],
    },
  } as Record<Article, Text>,
});

const near: Record<Article, Article[]> = {
  from: ["gates", "no-line"], gates: ["from", "queue"], unconfirmed: ["queue", "no-line"], parts: ["queue", "credit"], tls: ["no-line"],
  "no-line": ["pin", "lte-only"], "lte-only": ["no-line", "unconfirmed"], pin: ["no-line"], credit: ["parts", "queue"], queue: ["gates", "unconfirmed"],
};

export default function Help({ at }: { at: string[] }) {
  const article = articles.find((a) => a === at[0]);
  if (article) return <Shown key={article} article={article} />;
  return (
    <Pane title={words.title} told={words.told} act={may("owner") && <a class="button" href={to("settings")}>{page.room.settings}</a>}>
      <ul class="plain-rows">
        {articles.map((a) => <li key={a}><a href={to("help", a)}><strong>{words.texts[a].title}</strong><span class="hint clip">{words.texts[a].paragraphs[0]}</span></a></li>)}
      </ul>
    </Pane>
  );
}

function Shown({ article }: { article: Article }) {
  const { title, paragraphs } = words.texts[article];
  return (
    <Pane title={title} act={<a class="button" href={to("help")}>{words.all}</a>}>
      <article class="article">{paragraphs.map((p) => <p key={p}>{p}</p>)}</article>
      <Helpful article={article} />
      <section class="block">
        <h3>{words.related}</h3>
        <ul class="plain-rows">{near[article].map((a) => <li key={a}><a href={to("help", a)}><strong>{words.texts[a].title}</strong></a></li>)}</ul>
      </section>
    </Pane>
  );
}

const key = "smsbridge.helpful";

type Verdicts = Partial<Record<Article, boolean>>;

function verdicts(): Verdicts {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "{}") as Verdicts;
  } catch {
    return {};
  }
}

// Helpful asks, and keeps the answer in this browser.
function Helpful({ article }: { article: Article }) {
  const [verdict, set] = useState(verdicts()[article]);
  function keep(yes: boolean) {
    set(yes);
    try {
      localStorage.setItem(key, JSON.stringify({ ...verdicts(), [article]: yes }));
    } catch {
      // Storage is full or forbidden: the answer lasts until the page is closed.
    }
  }
  return (
    <section class="block helpful" aria-label={words.helpful}>
      <p><strong>{words.helpful}</strong></p>
      <div class="row-buttons">
        <button type="button" class="button" aria-pressed={verdict === true} onClick={() => keep(true)}>{words.yes}</button>
        <button type="button" class="button" aria-pressed={verdict === false} onClick={() => keep(false)}>{words.no}</button>
      </div>
      <p class="hint" role="status">{verdict === undefined ? "" : verdict ? words.thanks : words.sorry}</p>
    </section>
  );
}
