package modem

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"smsbridge/modem/at"
)

// FactState says what to think of a Fact.
type FactState uint8

const (
	Good       FactState = iota
	Missing              // the modem does not know the question; most can be done without
	Bad                  // this keeps messages from coming or going
	Unknowable           // no answer, or none that says anything; Unknown is an Outcome
)

func (s FactState) String() string { return [...]string{"good", "missing", "bad", "unknown"}[s] }

// Fact is one thing the modem was asked.
type Fact struct {
	Name    string // what it is about
	Command string // with AT
	Answer  string // as the modem wrote it, private parts taken out
	State   FactState
	Words   string // what it means, and what to do if it is bad
}

// question is one row of the examination.
type question struct {
	name, text string
	prefix     string
	bare       func(string) bool
	judge      func(p at.Params, s *Status) (FactState, string) // nil: any answer is good
}

// Examine asks the modem all that a person may want to know who looks for the reason of a trouble. It changes
// nothing, and an answer that is missing is a fact too; an error means that the line is lost or ctx ended.
func (m *Modem) Examine(ctx context.Context) ([]Fact, error) {
	var facts []Fact
	state := &Status{Registration: RegistrationUnknown, EPS: RegistrationUnknown}
	for _, q := range m.questions() {
		f, err := m.examine(ctx, q, state)
		if err != nil {
			return facts, err
		}
		facts = append(facts, f)
	}
	return facts, nil
}

func (m *Modem) examine(ctx context.Context, q question, state *Status) (Fact, error) {
	f := Fact{Name: q.name, Command: "AT" + q.text}
	lines, err := m.ask(ctx, q.text, shape{prefix: q.prefix, bare: q.bare, also: cardNames(q), need: true})
	if gone(ctx, err) {
		return f, err
	}
	if len(lines) == 0 {
		f.State, f.Words = Unknowable, "no answer"
		if e, ok := errors.AsType[*Error](err); ok {
			f.Answer, f.Words = e.Text, e.Text
		}
		if unsupported(err) {
			f.State, f.Words = Missing, "this modem does not know the question"
		}
		if q.judge != nil {
			if s, words := q.judge(nil, state); s == Bad {
				f.State, f.Words = s, strings.TrimPrefix(f.Answer+": "+words, ": ")
			}
		}
		return f, nil
	}
	if q.judge != nil {
		f.State, f.Words = q.judge(at.ParseParams(payload(lines[0])), state)
	}
	for i := range lines {
		lines[i] = Redact(lines[i])
	}
	f.Answer = strings.Join(lines, "\n")
	if q.text == "+CIMI" { // the network, not the subscriber
		f.Answer = imsiShown(m.identity.IMSI)
	}
	return f, nil
}

// imsiShown keeps MCC and MNC: ITU-T E.212. Three digits of the MNC may be one too many, which is no secret.
func imsiShown(imsi string) string {
	if len(imsi) < 6 {
		return mask
	}
	return imsi[:6] + mask
}

func cardNames(q question) []string {
	if q.name == "card number" {
		return []string{"+CCID", "+ICCID", "^ICCID", "+QCCID", "!ICCID", "+CICCID"}
	}
	return nil
}

// questions is the table. Later rows may look at what earlier ones found out.
func (m *Modem) questions() []question {
	q := func(name, text string, judge func(at.Params, *Status) (FactState, string)) question {
		return question{name: name, text: text, prefix: strings.TrimSuffix(text, "?"), judge: judge}
	}
	list := []question{
		{"maker", "+CGMI", "+CGMI", isName, nil},
		{"model", "+CGMM", "+CGMM", isName, nil},
		{"firmware", "+CGMR", "+CGMR", isName, nil},
		{"device number", "+CGSN", "+CGSN", isIMEI, nil},
		q("radio", "+CFUN?", judgeRadio),
		q("SIM lock", "+CPIN?", judgeLock),
		q("PIN tries", "+CPINR", judgeTries),
		{"card number", m.profile.ICCID[0], strings.TrimSuffix(m.profile.ICCID[0], "?"), isICCID, nil},
		{"home network", "+CIMI", "+CIMI", isIMSI, nil},
		q("service centre", "+CSCA?", judgeCentre),
	}
	for _, r := range []struct{ name, text string }{
		{"registration", "+CREG?"}, {"data registration", "+CGREG?"}, {"LTE registration", "+CEREG?"},
	} {
		row := q(r.name, r.text, judgeRegistration(r.text))
		list = append(list, row)
	}
	list = append(list,
		q("operator", "+COPS?", judgeOperator),
		q("signal", "+CSQ", judgeSignal),
		q("signal, extended", "+CESQ", nil),
		q("PDU mode", "+CMGF?", judgeMode),
		q("message service", "+CSMS?", nil),
		q("memories", "+CPMS?", judgeMemories),
		q("indications", "+CNMI?", judgeIndications),
		q("way of messages", "+CGSMS?", judgeWay),
		q("messages over IMS", "+CIREG?", judgeIMS),
	)
	if text := m.profile.Temperature; text != "" {
		list = append(list, q("temperature", text, func(p at.Params, _ *Status) (FactState, string) {
			degrees, known := hottest(text, []string{": " + joinParams(p)})
			switch {
			case !known:
				return Unknowable, ""
			case degrees >= 80:
				return Bad, fmt.Sprintf("%d °C: too hot to work for long; give it air", degrees)
			}
			return Good, fmt.Sprintf("%d °C", degrees)
		}))
	}
	return list
}

func joinParams(p at.Params) string {
	var texts []string
	for _, f := range p {
		texts = append(texts, f.Text)
	}
	return strings.Join(texts, ",")
}
