package web

import (
	"context"

	"smsbridge/storage"
)

var fromMethods = []method{
	{"from.options", "POST", "/api/v1/from", storage.ScopeSend, storage.RoleAgent, 200, bind((*Server).fromOptions), nil},
}

type fromParams struct {
	To recipient `json:"to"` // default: nobody in particular
}

// fromOptions answers which of our numbers a text could come from, which one is
// filled in and why; and if there is none, why not and who can mend it.
func (s *Server) fromOptions(ctx context.Context, who storage.Caller, p fromParams) (storage.FromOptions, error) {
	to := ""
	if p.To != (recipient{}) {
		var err error
		if to, err = s.recipient(ctx, who, p.To, ""); err != nil {
			return storage.FromOptions{}, err
		}
	}
	return s.c.Store.FromOptions(ctx, to, who.Lines())
}

// systemGate is the first of the three gates that a text passes: the box, the
// account, the number. The ledger asks it once more for what is not sent here.
func (s *Server) systemGate(ctx context.Context) error {
	var on bool
	if err := s.setting(ctx, storage.SettingSMS, &on); err != nil || on {
		return err
	}
	r := smsOff.say("", "Texts are switched off on this box. The owner switches them on with `smsbridge setting set %s true`.", storage.SettingSMS)
	r.Reason, r.By = string(storage.BoxOff), storage.RoleOwner
	return r
}

// userGate is the second.
func userGate(who storage.Caller) error {
	a := who.Person()
	if a == nil || a.SMS {
		return nil
	}
	r := smsOffUser.say("", "Texting is switched off for the account %s. The owner switches it on with `smsbridge agent sms %s on`.", a.Name, a.Name)
	r.Reason, r.By = smsOffUser.Type, storage.RoleOwner
	return r
}

// notColleague refuses a text by a person to a colleague whose phone is known:
// colleagues have the chat. Programs may, so that they can wake somebody.
func (s *Server) notColleague(ctx context.Context, who storage.Caller, to string) error {
	me := who.Person()
	if me == nil || me.Role == storage.RoleService {
		return nil
	}
	a, err := s.c.Keys.AgentByVoice(ctx, to)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	return channelNot.say("to", "This is the phone of your colleague %s; write with chat.send.", a.Name)
}
