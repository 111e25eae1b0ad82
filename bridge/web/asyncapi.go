package web

import (
	"slices"

	"smsbridge/bridge/schema"
)

// asyncAPI is the description of the WebSocket, of the stream over HTTP and of
// the webhooks (AsyncAPI 3.0). Its operations are seen from the box: it
// receives a request and replies; it sends events.
func (s *spec) asyncAPI() obj {
	messages, operations, socket := obj{}, obj{}, obj{}
	add := func(name, title string, payload any, example any) obj {
		m := obj{"name": name, "title": title, "payload": payload}
		if example != nil {
			m["examples"] = []obj{{"name": "example", "payload": example}}
		}
		messages[name] = m
		socket[name] = obj{"$ref": "#/components/messages/" + name}
		return obj{"$ref": "#/channels/socket/messages/" + name}
	}
	refusal := add("refusal", "A refusal", frameOf("id", idSchema(), "error", s.rpcErr), nil)
	for _, e := range s.entries {
		if !e.RPC {
			continue
		}
		var ask, answer any
		if e.Asks != nil {
			ask = obj{"jsonrpc": "2.0", "id": "1", "method": e.Name, "params": e.Asks}
		}
		if e.Answers != nil {
			answer = obj{"jsonrpc": "2.0", "id": "1", "result": e.Answers}
		}
		request := add(e.Name+".request", e.Summary, frameOf("id", idSchema(), "method", &schema.Schema{Const: e.Name}, "params", orAny(e.In)), ask)
		reply := add(e.Name+".reply", "The answer to "+e.Name, frameOf("id", idSchema(), "result", orAny(e.Out)), answer)
		operations[e.Name] = obj{
			"action": "receive", "summary": e.Summary, "description": mayWords(e),
			"channel": obj{"$ref": "#/channels/socket"}, "messages": []obj{request},
			"reply": obj{"channel": obj{"$ref": "#/channels/socket"}, "messages": []obj{reply, refusal}},
		}
	}
	for _, n := range notices {
		if n.Name == "hint" {
			var of []obj
			for _, h := range s.hinted {
				of = append(of, add("hint."+h.kind, h.doc, frameOf("method", &schema.Schema{Const: n.Name}, "params", s.hintOf(h)), nil))
			}
			operations["tell.hint"] = obj{"action": "send", "summary": n.Doc, "channel": obj{"$ref": "#/channels/socket"}, "messages": of}
			continue
		}
		of := add(n.Name, n.Doc, frameOf("method", &schema.Schema{Const: n.Name}, "params", s.frames[n.Name]), nil)
		operations["tell."+n.Name] = obj{"action": "send", "summary": n.Doc, "channel": obj{"$ref": "#/channels/socket"}, "messages": []obj{of}}
	}
	told, toldHook := obj{}, obj{}
	var streamed, pushed []obj
	for _, e := range s.told {
		messages[e.name] = obj{"name": e.name, "title": e.doc, "payload": s.eventOf(e)}
		told[e.name] = obj{"$ref": "#/components/messages/" + e.name}
		toldHook[e.name] = obj{"$ref": "#/components/messages/" + e.name}
		streamed = append(streamed, obj{"$ref": "#/channels/stream/messages/" + e.name})
		pushed = append(pushed, obj{"$ref": "#/channels/webhook/messages/" + e.name})
	}
	operations["stream"] = obj{"action": "send", "summary": "The same events over HTTP, as JSON lines or Server-Sent Events.",
		"channel": obj{"$ref": "#/channels/stream"}, "messages": streamed, "bindings": obj{"http": obj{"method": "GET", "bindingVersion": "0.3.0"}}}
	operations["push"] = obj{"action": "send", "summary": "The same events to webhooks, signed (Standard Webhooks).",
		"channel": obj{"$ref": "#/channels/webhook"}, "messages": pushed, "bindings": obj{"http": obj{"method": "POST", "bindingVersion": "0.3.0"}}}
	schemas := obj{}
	for name, d := range s.set.Defs {
		schemas[name] = d
	}
	return obj{
		"asyncapi": "3.0.0",
		"id":       "urn:smsbridge:v1",
		"info":     s.info("smsbridge WebSocket and events", socketWords),
		"servers": obj{"box": obj{"host": "{host}", "protocol": "ws",
			"description": "this box; wss where it has TLS", "security": []obj{{"$ref": "#/components/securitySchemes/token"}},
			"variables": obj{"host": obj{"default": "localhost:8780", "description": "where the box is"}}}},
		"defaultContentType": "application/json",
		"channels": obj{
			"socket": obj{"address": socketPath, "title": "The WebSocket", "messages": socket,
				"description": "JSON-RPC 2.0 in text frames, subprotocol " + Protocol + ". The box speaks first.",
				"bindings":    obj{"ws": obj{"method": "GET", "bindingVersion": "0.1.0"}}},
			"stream":  obj{"address": "/api/v1/events", "title": "The log over HTTP", "messages": told},
			"webhook": obj{"address": nil, "title": "An address that hook.create named", "messages": toldHook},
		},
		"operations": operations,
		"components": obj{"schemas": schemas, "messages": messages,
			"securitySchemes": obj{"token": obj{"type": "http", "scheme": "bearer"}}},
		"x-problems": problemTable(),
	}
}

const socketWords = "Ask any method over one socket, and hear what happens. After hello ask session.open with what to " +
	"follow and the position to go on from; then come the events after it, and live at the end of the log. Each event " +
	"carries seq, its number, and prev, the number of the one that this stream told before: when prev is not the last " +
	"seq you saw, something was lost. beat tells the position while nothing happens. Numbers have holes, because events " +
	"that the caller may not see are left out."

// notices is what the box says on a socket unasked.
var notices = []struct{ Name, Doc string }{
	{"hello", "What the box says first."},
	{"event", "Something happened."},
	{"live", "All that had happened is told; from here on it is news."},
	{"beat", "The stream is alive, and stands here."},
	{"hint", "Something that passes: who types, who is there, how strong a signal is. It has no number and is not kept."},
	{"bye", "The box stops; come again after so many milliseconds."},
}

func idSchema() *schema.Schema {
	return &schema.Schema{Type: "string", Description: "Of your own choice; the answer carries it."}
}

func orAny(s *schema.Schema) *schema.Schema {
	if s == nil {
		return &schema.Schema{}
	}
	return s
}

// frameOf is a frame: jsonrpc, and pairs of name and schema. Params may be left
// out.
func frameOf(pairs ...any) *schema.Schema {
	fields := []schema.Property{{Name: "jsonrpc", Schema: &schema.Schema{Const: "2.0"}}}
	for i := 0; i < len(pairs); i += 2 {
		fields = append(fields, schema.Property{Name: pairs[i].(string), Schema: pairs[i+1].(*schema.Schema)})
	}
	f := schema.Object(fields...)
	f.Required = slices.DeleteFunc(f.Required, func(name string) bool { return name == "params" })
	return f
}

// eventOf is an event of one type: the general object with its own data.
func (s *spec) eventOf(e toldEvent) *schema.Schema {
	return s.narrowed("event", map[string]*schema.Schema{"type": {Const: e.name}, "data": e.data})
}
