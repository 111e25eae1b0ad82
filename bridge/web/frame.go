package web

import (
	"bytes"
	"encoding/json"
)

// Protocol is the version of what is spoken on the socket, as a WebSocket
// subprotocol.
const Protocol = "smsbridge.v1"

// A request is one frame of a desk (JSON-RPC 2.0, section 4).
type request struct {
	Version string          `json:"jsonrpc"`
	ID      *string         `json:"id"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// parseRequest reads a frame strictly: one object, its id a string. The id
// comes back as far as it could be read, so that the answer finds its way.
func parseRequest(data []byte) (request, error) {
	var q request
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) > 0 && trimmed[0] == '[' && json.Valid(data) {
		return q, invalidRequest.say("", "Batches are not taken. Send one request per frame; several may be under way.")
	}
	var raw struct {
		Version json.RawMessage `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Method  json.RawMessage `json:"method"`
		Params  json.RawMessage `json:"params"`
	}
	if err := json.Unmarshal(data, &raw); err != nil {
		if !json.Valid(data) {
			return q, parseProblem(data, err)
		}
		return q, invalidRequest.say("", `A frame is a JSON object, such as {"jsonrpc":"2.0","id":"1","method":"ping"}.`)
	}
	if raw.ID == nil {
		if json.Unmarshal(raw.Method, &q.Method) == nil && unanswered[q.Method] {
			if len(raw.Params) > 0 && raw.Params[0] == '{' {
				q.Params = raw.Params
			}
			return q, nil
		}
		return q, invalidRequest.say("id", "id is missing. Every request carries one, a string of your own choice.")
	}
	var id string
	if json.Unmarshal(raw.ID, &id) != nil || string(raw.ID) == "null" {
		return q, invalidRequest.say("id", "id is %s; it must be a string.", shorten(raw.ID))
	}
	q.ID = &id
	if json.Unmarshal(raw.Version, &q.Version) != nil || q.Version != "2.0" {
		return q, invalidRequest.say("jsonrpc", `jsonrpc must be "2.0".`)
	}
	if json.Unmarshal(raw.Method, &q.Method) != nil || q.Method == "" {
		return q, invalidRequest.say("method", `method must be a string, such as "message.send".`)
	}
	if len(raw.Params) > 0 && raw.Params[0] != '{' && string(raw.Params) != "null" {
		return q, invalidParams.say("params", "params must be an object with names, not a list.")
	}
	if string(raw.Params) != "null" {
		q.Params = raw.Params
	}
	return q, nil
}

func shorten(b []byte) string {
	if len(b) > 40 {
		return string(b[:40]) + "..."
	}
	return string(b)
}

// An answer is one frame to a desk that asked.
type answer struct {
	Version string    `json:"jsonrpc"`
	ID      *string   `json:"id"`
	Result  any       `json:"result,omitempty"`
	Error   *rpcError `json:"error,omitempty"`
}

// A notice is one frame to a desk that did not ask.
type notice struct {
	Version string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  any    `json:"params"`
}

// encode is a frame's text, without the line end that the encoder adds.
func encode(v any) []byte {
	var b bytes.Buffer
	writeJSON(&b, v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func newNotice(method string, params any) []byte {
	return encode(notice{"2.0", method, params})
}

// A position is how far a stream has come.
type position struct {
	Epoch string `json:"epoch"`
	Seq   int64  `json:"seq"`
}

type limits struct {
	FrameBytes  int `json:"frame_bytes"`
	RequestsPer int `json:"requests_per_s"`
	Open        int `json:"open_requests"`
	ReplayMax   int `json:"replay_max"`
	Parts       int `json:"max_parts"`
}

// hello is what the box says first. Who has not told who he is does not hear
// how much there is to see.
type hello struct {
	Protocol  string   `json:"protocol"`
	Server    string   `json:"server"`
	Box       string   `json:"box"`
	BoxName   string   `json:"box_name,omitempty"`
	Epoch     string   `json:"epoch,omitempty"`
	Head      *int64   `json:"head,omitempty"`
	Oldest    *int64   `json:"oldest,omitempty"`
	Auth      string   `json:"auth"` // done, required
	Heartbeat int64    `json:"heartbeat_ms"`
	Limits    limits   `json:"limits"`
	Features  []string `json:"features"`
}

// opened answers session.open.
type opened struct {
	Session string `json:"session"`
	me
	Events  bool      `json:"events"` // a stream follows
	Resumed bool      `json:"resumed"`
	Reason  string    `json:"reason,omitempty"` // why not resumed, when that was asked for
	Replay  *replay   `json:"replay,omitempty"`
	Cursor  *position `json:"cursor,omitempty"` // what this device has acknowledged
	Epoch   string    `json:"epoch"`
	Head    int64     `json:"head"`
	Oldest  int64     `json:"oldest"`
	Next    *next     `json:"next,omitempty"`
}

type replay struct {
	After int64 `json:"after"`
	To    int64 `json:"to"`
}

// next is what to ask for when a stream could not go on.
type next struct {
	Method string `json:"method"`
	HTTP   string `json:"http"`
}
