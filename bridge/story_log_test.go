package bridge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"smsbridge/storage"
)

// unsaid are types that come when they like: what a modem tells of itself, and
// how far a campaign is.
var unsaid = []string{"line.", "modem.", "campaign.progress"}

// unsettled is a message of several parts on its way: which part is told of
// first is the network's business.
func unsettled(e heard) bool {
	var d told
	return e.Type == storage.MessageUpdated && json.Unmarshal(e.Data, &d) == nil && d.Message.Total > 1 && d.Message.State != storage.Delivered
}

// logs are everybody's logs: the conversations one after the other, each in the
// order in which it was told. Between two conversations there is no order that
// could be promised, for modems work side by side.
func (s *stage) logs() (people []string, logs map[string][]string) {
	logs = make(map[string][]string)
	for _, name := range s.order {
		told := slices.DeleteFunc(slices.Clone(s.people[name].log), func(e heard) bool {
			return strings.HasSuffix(e.text, curtain) || unsettled(e) || slices.ContainsFunc(unsaid, func(t string) bool { return strings.HasPrefix(e.Type, t) })
		})
		slices.SortStableFunc(told, func(a, b heard) int { return cmp.Compare(s.names[a.Thread], s.names[b.Thread]) })
		for _, e := range told {
			logs[name] = append(logs[name], fmt.Sprintf("%-8s %s", cmp.Or(s.names[e.Thread], "-"), e.text))
		}
	}
	return s.order, logs
}

// told is what events carry, one of them each.
type told struct {
	Message *storage.Message
	Thread  *storage.Thread
	Offer   *storage.Offer
	Case    *storage.Case
	View    *storage.View
	Contact *storage.Contact
	List    *storage.List
	OptOut  *storage.OptOut `json:"opt_out"`
	Joint   *storage.Joint
	Line    *storage.Line
}

// words is an event as a line of a log: its type, and what people would say of
// it. Ids and times are left out, since they differ each time.
func (s *stage) words(e storage.Event) (string, error) {
	var d told
	if err := json.Unmarshal(e.Data, &d); err != nil {
		return "", err
	}
	if d.Thread != nil {
		s.meet(*d.Thread)
	}
	return strings.TrimSpace(e.Type + " " + s.said(d)), nil
}

// meet learns how a conversation is called: by who is at the other end, or by
// both colleagues.
func (s *stage) meet(th storage.Thread) {
	if s.names[th.ID] != "" {
		return
	}
	name := s.named(th.Peer)
	if th.Channel == "chat" {
		var who []string
		for _, m := range th.Members {
			who = append(who, m.Name)
		}
		slices.Sort(who)
		name = strings.Join(who, "+")
	}
	s.names[th.ID] = name
}

func (s *stage) named(id string) string { return cmp.Or(s.names[id], id) }

func (s *stage) said(d told) string {
	switch {
	case d.Message != nil:
		return s.message(*d.Message)
	case d.Thread != nil:
		return s.named(d.Thread.ID)
	case d.Offer != nil:
		return s.offer(*d.Offer)
	case d.Case != nil:
		return s.aCase(*d.Case)
	case d.View != nil:
		return view(*d.View)
	case d.Contact != nil:
		return d.Contact.Name
	case d.List != nil:
		return fmt.Sprintf("%s, %d people", d.List.Name, d.List.People)
	}
	return ""
}

func (s *stage) message(m storage.Message) string {
	way := s.named(m.From) + " > " + s.named(m.To)
	switch {
	case m.Channel == "chat":
		way = s.named(m.Sender)
	case m.Dir == storage.Outbound:
		way = s.named(m.Line) + " > " + s.named(m.To)
	}
	said := fmt.Sprintf("%s %q %s", way, brief(m.Text), m.State)
	if m.Dir == storage.Outbound && m.Author != nil && m.Channel != "chat" {
		said += " by " + m.Author.Name
	}
	return said
}

// brief is a text as a log has room for it.
func brief(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return text
}

func (s *stage) offer(o storage.Offer) string {
	said := fmt.Sprintf("%q %s %s", o.Title, o.Reference, o.State)
	var to []string
	for _, id := range o.To {
		to = append(to, s.named(id))
	}
	if slices.Sort(to); len(to) > 0 {
		said += " to " + strings.Join(to, " ")
	}
	if o.TakenName != "" {
		said += " taken by " + o.TakenName
	}
	if o.LastCase != nil {
		said += " after " + o.LastCase.Reference
	}
	return said
}

func (s *stage) aCase(c storage.Case) string {
	said := strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Reference, c.State, c.OwnerName))
	if !c.WaitingSince.IsZero() {
		said += ", waits"
	}
	if c.Outcome != "" {
		said += ", " + c.Outcome
	}
	return said
}

func view(v storage.View) string {
	said := fmt.Sprintf("%d unread", v.Unread)
	if !v.ClosedAt.IsZero() {
		said += ", closed"
	}
	if v.Muted {
		said += ", muted"
	}
	if v.Draft != "" {
		said += fmt.Sprintf(", draft %q", v.Draft)
	}
	return said
}
