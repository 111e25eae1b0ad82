package web

// featureOf says which method shows that a box can do something that not every
// box can. Clients go by the names of hello.features, not by versions.
var featureOf = []struct{ feature, method string }{
	{"resume", ""},
	{"hints", "typing"},
	{"acks", ""},
	{"internal_chat", "chat.send"},
	{"drafts", "thread.view"},
	{"search", "message.search"},
	{"cases", "case.list"},
	{"queue", "message.queue"},
	{"ussd", "ussd.send"},
	{"calls", "call.start"},
	{"backups", "backup.create"},
}

// features is what this box can do, in the order of the table.
func (s *Server) features() []string {
	var can []string
	for _, f := range featureOf {
		if f.method == "" || s.byName[f.method] != nil {
			can = append(can, f.feature)
		}
	}
	return can
}
