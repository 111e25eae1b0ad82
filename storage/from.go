package storage

import "slices"

// FromOptions is what a text to somebody can be sent from, and what is filled
// in while nobody chooses.
type FromOptions struct {
	Options []FromOption `json:"options"`
	From    string       `json:"from,omitempty"` // the line that is filled in; empty: see Why and Reason
	Why     FromWhy      `json:"why"`

	// Choose tells that there is a choice: two or more to send from.
	Choose bool `json:"choose"`

	// Reason is why there is nothing to choose; By, whoever can mend it.
	Reason FromReason `json:"reason,omitempty"`
	By     Role       `json:"fix_by,omitempty"`
	Detail string     `json:"detail,omitempty"`
}

// FromOption is one of our lines, seen from somebody who is written to.
type FromOption struct {
	Line    string    `json:"line"`
	Number  string    `json:"number,omitempty"`
	Name    string    `json:"name,omitempty"`
	State   LineState `json:"state"`
	Why     string    `json:"state_reason,omitempty"`
	Off     bool      `json:"sms_disabled,omitempty"`
	Filled  bool      `json:"filled,omitempty"`  // sent from when nobody chooses
	Last    bool      `json:"last,omitempty"`    // used last with them, in either direction
	Changes bool      `json:"changes,omitempty"` // they would see another number than the last time
}

// FromWhy says why a line is filled in, or why none is.
type FromWhy string

// Why.
const (
	FromLast   FromWhy = "last_used" // with this person, in either direction
	FromOnly   FromWhy = "only_one"
	FromChoose FromWhy = "must_choose" // several, and none was used with them
	FromNone   FromWhy = "none"
)

// FromReason says why there is nothing to send from.
type FromReason string

// The reasons; the last two are of lines that would queue a text all the same.
const (
	NoModem       FromReason = "no_modem"
	NotAssigned   FromReason = "not_assigned"
	SwitchedOff   FromReason = "switched_off"
	BoxOff        FromReason = "sms_disabled_system"
	NotRegistered FromReason = "not_registered"
	ModemAbsent   FromReason = "modem_absent"
)

// WarnFrom is the warning of a message that shows its receiver another number of
// ours than the last one did.
const WarnFrom = "from_changed"

// ChooseFrom applies the rule: what was used last with them if one may and it is
// on, else the only one, else nobody knows. among are the lines that one may
// send from, nil being all; last is empty where nothing was ever said.
func ChooseFrom(lines []Line, last string, among []string) FromOptions {
	f := FromOptions{Options: []FromOption{}, Why: FromNone}
	on := 0
	for _, l := range lines {
		if among != nil && !slices.Contains(among, l.ID) {
			continue
		}
		f.Options = append(f.Options, FromOption{Line: l.ID, Number: l.Number, Name: l.Name, State: l.State, Why: l.Reason,
			Off: l.SMSDisabled, Last: l.ID == last, Changes: last != "" && l.ID != last})
		if l.SMSDisabled {
			continue
		}
		if on++; on == 1 {
			f.From, f.Why = l.ID, FromOnly
		} else if f.Why != FromLast {
			f.From, f.Why = "", FromChoose
		}
		if l.ID == last {
			f.From, f.Why = l.ID, FromLast
		}
	}
	f.Choose = on > 1
	for i := range f.Options {
		f.Options[i].Filled = f.From != "" && f.Options[i].Line == f.From
	}
	f.explain(len(lines), on)
	return f
}

// explain says what is wrong when nothing can leave, and who mends it.
func (f *FromOptions) explain(lines, on int) {
	switch {
	case lines == 0:
		f.because(NoModem, RoleOwner, "This box has no number yet: plug in a modem with a SIM; `smsbridge doctor` tells what is wrong with it.")
	case len(f.Options) == 0:
		f.because(NotAssigned, RoleManager, "No number is assigned to you; a manager can: `smsbridge line assign LINE NAME`.")
	case on == 0:
		f.because(SwitchedOff, RoleOwner, "Your numbers are switched off for texts; the owner switches them on: `smsbridge line enable LINE`.")
	default:
		f.weather()
	}
}

// weather says when a text would wait: no line that is on is ready.
func (f *FromOptions) weather() {
	worst := ModemAbsent
	for _, o := range f.Options {
		if o.Off {
			continue
		}
		if o.State == LineReady {
			return
		}
		if o.State == LineNotRegistered {
			worst = NotRegistered
		}
	}
	if worst == NotRegistered {
		f.because(worst, RoleOwner, "The network does not take your numbers now; texts wait until it does. `smsbridge doctor` tells why.")
		return
	}
	f.because(worst, RoleOwner, "No modem of your numbers answers now; texts wait until one does. `smsbridge doctor` tells why.")
}

func (f *FromOptions) because(reason FromReason, by Role, detail string) {
	f.Reason, f.By, f.Detail = reason, by, detail
}
