package storage

import "slices"

// Role is what a person's account is for. What each may stands in the table of
// methods (bridge/web), as the least role that a method asks for.
type Role string

// The roles. A service is the account of programs: it holds tokens, may what
// an agent may, and cannot sign in.
const (
	RoleViewer  Role = "viewer"  // reads what its lines say
	RoleAgent   Role = "agent"   // writes on its lines as well
	RoleService Role = "service" // an agent that is a program
	RoleManager Role = "manager" // sees every line, and says who works on which
	RoleOwner   Role = "owner"   // everything
)

// Roles lists every role, the least first.
var Roles = []Role{RoleViewer, RoleAgent, RoleService, RoleManager, RoleOwner}

// rank orders the roles; one that nobody knows is below all.
func (r Role) rank() int {
	switch r {
	case RoleViewer:
		return 1
	case RoleAgent, RoleService:
		return 2
	case RoleManager:
		return 3
	case RoleOwner:
		return 4
	}
	return 0
}

// Known tells whether r is one of Roles.
func (r Role) Known() bool { return slices.Contains(Roles, r) }

// AtLeast tells whether r may what least may. Nothing is at least a role that
// nobody knows: a row of the table without one lets nobody in.
func (r Role) AtLeast(least Role) bool { return least.rank() > 0 && r.rank() >= least.rank() }

// Everywhere tells whether r works on every line without being assigned.
func (r Role) Everywhere() bool { return r.AtLeast(RoleManager) }
