package web

import (
	"context"

	"smsbridge/storage"
)

// Ringer asks a telephone system to connect two phones.
type Ringer interface {
	Ring(ctx context.Context, url string, words storage.CallWords) error
}

type startParams struct {
	To     recipient `json:"to"`
	Thread string    `json:"thread"` // short for to.thread
}

// started is a call that was begun, or a link that begins it.
type started struct {
	Way     string          `json:"way"`           // tel, hook, modem
	URL     string          `json:"url,omitempty"` // tel: the desk opens it
	To      string          `json:"to"`
	Line    string          `json:"line"`           // ours that the client knows
	Number  string          `json:"show,omitempty"` // its number
	Hint    *remark         `json:"hint,omitempty"`
	Message storage.Message `json:"message"` // in the thread
}

// A remark is something that a person may want to know and nothing to refuse for.
type remark struct {
	Type   string `json:"type"`
	Detail string `json:"detail"`
}

// start calls the number of a thread in the way that the box was set up for. The
// client should see the number that he has texted with.
func (s *Server) start(ctx context.Context, who storage.Caller, p startParams) (started, error) {
	var way string
	if err := s.setting(ctx, storage.SettingCall, &way); err != nil {
		return started{}, err
	}
	if way == storage.CallNone {
		return started{}, notSetUp.say("", "Calling is not set up. The owner sets it up with `smsbridge setting set %s tel` (or hook, or modem).", storage.SettingCall)
	}
	if p.To.Thread == "" {
		p.To.Thread = p.Thread
	}
	to, err := s.recipient(ctx, who, p.To, "")
	if err != nil {
		return started{}, err
	}
	line, err := s.lineFor(ctx, who, to)
	if err != nil {
		return started{}, err
	}
	a := started{Way: way, To: to, Line: line.Line, Number: line.Number}
	if me := who.Person(); me != nil {
		a.Hint = differs(way, me.Voice, line.Number)
	}
	if err := s.connect(ctx, who, &a); err != nil {
		return started{}, err
	}
	a.Message, err = s.c.Store.Called(ctx, storage.Outcall{To: to, Line: line.Line, Way: way, Author: who.Author(), Sender: agentOf(who)})
	return a, err
}

// lineFor is the line that a call to a number belongs to: the one of the thread,
// or the only one, or the first: a call by it shows no wrong number, since only a
// modem's call shows one, and then there must be no doubt.
func (s *Server) lineFor(ctx context.Context, who storage.Caller, to string) (storage.FromOption, error) {
	f, err := s.c.Store.FromOptions(ctx, to, who.Lines())
	if err != nil {
		return storage.FromOption{}, err
	}
	if len(f.Options) == 0 {
		r := noLine.say("from", "%s", f.Detail)
		r.Reason, r.By = string(f.Reason), f.By
		return storage.FromOption{}, r
	}
	for _, o := range f.Options {
		if o.Last || o.Filled {
			return o, nil
		}
	}
	return f.Options[0], nil
}

// connect does what the way says.
func (s *Server) connect(ctx context.Context, who storage.Caller, a *started) error {
	switch a.Way {
	case storage.CallTel:
		a.URL = "tel:" + a.To
		return nil
	case storage.CallModem:
		radio, err := s.radioOn(who, a.Line)
		if err != nil {
			return err
		}
		return radio.Dial(ctx, a.Line, a.To, who.Author())
	}
	return s.ring(ctx, who, a)
}

// ring asks the telephone system: the agent's phone first, then the client's.
func (s *Server) ring(ctx context.Context, who storage.Caller, a *started) error {
	me := who.Person()
	if me == nil {
		return noAccount("A telephone system rings somebody's phone first.")
	}
	if me.Voice == "" {
		return invalidParams.say("voice_number", "Your profile has no phone to ring first. Set one with `smsbridge me --voice NUMBER`, or on the page.")
	}
	var url string
	if err := s.setting(ctx, storage.SettingCallURL, &url); err != nil {
		return err
	}
	if url == "" || s.c.Ringer == nil {
		return notSetUp.say("", "The telephone system's address is not set. The owner sets it with `smsbridge setting set %s https://HOST/PATH`.", storage.SettingCallURL)
	}
	words := storage.CallWords{From: me.Voice, To: a.To, Show: a.Number, Agent: storage.Member{ID: me.ID, Name: me.Name, Role: me.Role}}
	if err := s.c.Ringer.Ring(ctx, url, words); err != nil {
		s.log.Warn("the telephone system did not take a call", "err", err)
		return phoneRefused.say("", "The telephone system did not take the call. The box's log says why; whoever looks after it can help.")
	}
	return nil
}

// differs warns that the client will see another number than the one he texts
// with.
func differs(way, voice, number string) *remark {
	if way == storage.CallModem || voice == "" || number == "" || voice == number {
		return nil
	}
	return &remark{"number_differs", "They may see " + voice + ", and know you by " + number + "."}
}
