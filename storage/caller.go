package storage

import "slices"

// Caller is who stands behind a request: an agent with a session, a token, or
// the administrator at the Unix socket. Exactly one of the three.
type Caller struct {
	Agent   *Agent
	Token   *Token
	Account *Agent // that the token belongs to; nil: it is the box's own
	Admin   bool
	Peer    string // the administrator's name on the box, where that is known
}

// Author is the caller as the author of a message.
func (c Caller) Author() Author {
	switch {
	case c.Agent != nil:
		return Author{Kind: "agent", ID: c.Agent.ID, Name: c.Agent.Name}
	case c.Token != nil:
		return Author{Kind: "token", ID: c.Token.ID, Name: c.Token.Label}
	}
	return Author{Kind: "admin", Name: c.Peer}
}

// Person is the account behind the caller, if there is one.
func (c Caller) Person() *Agent {
	if c.Agent != nil {
		return c.Agent
	}
	return c.Account
}

// May tells whether the caller passes both gates of a method: the scope that a
// token needs, and the least role of a person. A token that belongs to an
// account passes only what the account passes too.
func (c Caller) May(scope string, least Role) bool {
	return c.Admin || c.InScope(scope) && c.InRole(least)
}

// InScope tells whether the caller passes the gate of scopes. People have none.
func (c Caller) InScope(scope string) bool {
	return c.Admin || c.Agent != nil || c.Token != nil && scope != "" && c.Token.May(scope)
}

// InRole tells whether the caller passes the gate of roles. A token of the
// box's own has no role.
func (c Caller) InRole(least Role) bool {
	if p := c.Person(); p != nil {
		return p.Role.AtLeast(least)
	}
	return c.Admin || c.Token != nil
}

// Lines are the lines that the caller may see and send from; nil stands for
// every line, an empty list for none.
func (c Caller) Lines() []string {
	var lines []string
	if p := c.Person(); p != nil && !p.Role.Everywhere() {
		lines = append([]string{}, p.Lines...)
	}
	if c.Token == nil || c.Token.Lines == nil {
		return lines
	}
	if lines == nil {
		return c.Token.Lines
	}
	return slices.DeleteFunc(lines, func(id string) bool { return !slices.Contains(c.Token.Lines, id) })
}

// Sees tells whether the caller may see a line.
func (c Caller) Sees(line string) bool {
	lines := c.Lines()
	return lines == nil || slices.Contains(lines, line)
}
