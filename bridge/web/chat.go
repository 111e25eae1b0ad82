package web

import (
	"context"
	"crypto/rand"
	"net/url"
	"strings"

	"smsbridge/storage"
)

var chatMethods = []method{
	{"chat.send", "POST", "/api/v1/chat", storage.ScopeSend, storage.RoleAgent, 201, bind((*Server).chat), nil},
	{"chat.video", "POST", "/api/v1/chat/video", storage.ScopeSend, storage.RoleAgent, 201, bind((*Server).video), nil},
}

// maxChat is the longest word between colleagues, in bytes.
const maxChat = 8 << 10

// A colleague is an account, or the thread that one talks to it in.
type colleague struct {
	Agent  string `json:"agent"`
	Thread string `json:"thread"`
}

type chatParams struct {
	To   colleague `json:"to" need:"true"`
	Text string    `json:"text" need:"true"`
	Idem string    `json:"idem"`
}

// chat writes to a colleague, there or not. It never leaves the box.
func (s *Server) chat(ctx context.Context, who storage.Caller, p chatParams) (sendResult, error) {
	d, err := chatTo(who, p.To)
	if err != nil {
		return sendResult{}, err
	}
	switch {
	case strings.TrimSpace(p.Text) == "":
		return sendResult{}, textEmpty.say("text", "text is empty. Write what is to be said.")
	case len(p.Text) > maxChat:
		return sendResult{}, invalidParams.say("text", "The text has %d bytes; %d are the most.", len(p.Text), maxChat)
	case len(p.Idem) > maxKey:
		return sendResult{}, invalidParams.say("idem", "The key has %d bytes; %d are the most.", len(p.Idem), maxKey)
	}
	d.Text, d.Key, d.Digest = p.Text, p.Idem, digest("chat", p.To.Agent, p.To.Thread, p.Text)
	return s.say(ctx, d)
}

func (s *Server) say(ctx context.Context, d storage.ChatDraft) (sendResult, error) {
	m, replayed, err := s.c.Store.Chat(ctx, d)
	if err != nil {
		return sendResult{}, err
	}
	return sendResult{Message: m, Seq: m.Rev, Replayed: replayed}, nil
}

// chatTo is who writes to whom.
func chatTo(who storage.Caller, to colleague) (storage.ChatDraft, error) {
	a := who.Person()
	switch {
	case a == nil:
		return storage.ChatDraft{}, noAccount("Colleagues write to each other from their own accounts.")
	case to.Agent != "" && to.Thread != "":
		return storage.ChatDraft{}, recipientInvalid.say("to", "Say to.agent or to.thread, not both.")
	case to.Agent == "" && to.Thread == "":
		return storage.ChatDraft{}, recipientInvalid.say("to", "Say to whom: to.agent is the id or the name of a colleague, to.thread a thread with one.")
	}
	return storage.ChatDraft{From: a.ID, To: to.Agent, Thread: to.Thread, Author: who.Author()}, nil
}

// noAccount refuses a caller that is nobody in particular.
func noAccount(why string) error {
	r := forbidden.say("", "%s Sign in, or use a token that belongs to an account: `smsbridge token create --agent NAME`.", why)
	r.Gate = gateRole
	return r
}

// room stands in a template for the name of a room.
const room = "{room}"

type videoParams struct {
	To   colleague `json:"to" need:"true"`
	Idem string    `json:"idem"`
}

// video invites a colleague into a room of the video service that the box was
// told of: the link is a message like any other. Clients are not invited; what
// they get is a text.
func (s *Server) video(ctx context.Context, who storage.Caller, p videoParams) (sendResult, error) {
	if len(p.Idem) > maxKey {
		return sendResult{}, invalidParams.say("idem", "The key has %d bytes; %d are the most.", len(p.Idem), maxKey)
	}
	d, err := chatTo(who, p.To)
	if err != nil {
		return sendResult{}, err
	}
	var template string
	if err := s.setting(ctx, storage.SettingVideo, &template); err != nil {
		return sendResult{}, err
	}
	if template == "" {
		return sendResult{}, notSetUp.say("", "No video service is set up. The owner sets one with `smsbridge setting set %s https://HOST/%s`.", storage.SettingVideo, room)
	}
	d.Text = strings.ReplaceAll(template, room, url.PathEscape(strings.ToLower(rand.Text())))
	d.Key, d.Digest = p.Idem, digest("video", p.To.Agent, p.To.Thread)
	return s.say(ctx, d)
}
