package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"smsbridge/storage"
)

// A model is the desk as one would draw it on paper: numbers lie in threads,
// messages in their order, and each agent has a mark in each thread. What it
// says is compared with the ledger after every step.
type model struct {
	*rand.Rand
	db       *DB
	lines    []string
	agents   []storage.Agent
	messages []said
	threads  map[string]*drawn   // by number
	contacts map[string][]string // id to numbers
	begun    int
	pdus     int
}

type said struct {
	id, number, line string
	in               bool
}

type drawn struct {
	order int // of its beginning
	views map[string]*marked
}

// marked is one agent's mark: the newest message that was read.
type marked struct {
	read          string
	closed, muted bool
}

var modelNumbers = []string{"+15550100", "+15550101", "+15550102", "+15550103", "+15550104"}

func newModel(t *testing.T, seed uint64) *model {
	t.Helper()
	ctx := context.Background()
	m := &model{
		Rand: rand.New(rand.NewPCG(seed, 1)), db: open(t),
		threads: make(map[string]*drawn), contacts: make(map[string][]string),
	}
	for i := range 2 {
		l, err := m.db.Attach(ctx, storage.Facts{Port: fmt.Sprint("p", i), Number: fmt.Sprint("+1555019", i), ICCID: fmt.Sprint("890", i), IMEI: fmt.Sprint("35", i)})
		if err != nil {
			t.Fatal(err)
		}
		m.lines = append(m.lines, l.ID)
	}
	for name, role := range map[string]storage.Role{"Mia": storage.RoleManager, "Ana": storage.RoleAgent} {
		a, err := m.db.AddAgent(ctx, name, role, []byte(name), time0().Time)
		if err == nil && role == storage.RoleAgent {
			a, err = m.db.Assign(ctx, m.lines[0], a.ID, true)
		}
		if err != nil {
			t.Fatal(err)
		}
		m.agents = append(m.agents, a)
	}
	slices.SortFunc(m.agents, func(a, b storage.Agent) int { return cmp.Compare(a.Name, b.Name) })
	return m
}

func seen(a storage.Agent) []string { return storage.Caller{Agent: &a}.Lines() }

func (m *model) in(d *drawn) (all []said) {
	for _, s := range m.messages {
		if m.threads[s.number] == d {
			all = append(all, s)
		}
	}
	return all
}

func (m *model) all() []*drawn {
	unique := make(map[*drawn]bool)
	for _, d := range m.threads {
		unique[d] = true
	}
	return slices.SortedFunc(maps.Keys(unique), func(a, b *drawn) int { return cmp.Compare(a.order, b.order) })
}

// unread are an agent's unread messages of a thread, of those over lines.
func (m *model) unread(d *drawn, agent string, lines []string) (ids []string) {
	for _, s := range m.in(d) {
		if s.in && s.id > m.mark(d, agent).read && (lines == nil || slices.Contains(lines, s.line)) {
			ids = append(ids, s.id)
		}
	}
	return ids
}

func (m *model) mark(d *drawn, agent string) *marked {
	if d.views[agent] == nil {
		d.views[agent] = &marked{}
	}
	return d.views[agent]
}

// put is a message with a number: it opens its thread for all.
func (m *model) put(number, id, line string, in bool) {
	if m.threads[number] == nil {
		for _, numbers := range m.contacts {
			for _, n := range numbers {
				if slices.Contains(numbers, number) && m.threads[n] != nil {
					m.threads[number] = m.threads[n]
				}
			}
		}
	}
	if m.threads[number] == nil {
		m.begun++
		m.threads[number] = &drawn{order: m.begun, views: make(map[string]*marked)}
	}
	m.messages = append(m.messages, said{id, number, line, in})
	for _, v := range m.threads[number].views {
		v.closed = false
	}
}

// save gives a contact exactly these numbers.
func (m *model) save(id string, numbers []string) {
	was := m.contacts[id]
	m.contacts[id] = numbers
	for _, n := range was {
		if slices.Contains(numbers, n) || m.threads[n] == nil {
			continue
		}
		m.leave(n)
	}
	var together []*drawn
	for _, n := range numbers {
		if d := m.threads[n]; d != nil && !slices.Contains(together, d) {
			together = append(together, d)
		}
	}
	slices.SortFunc(together, func(a, b *drawn) int { return cmp.Compare(a.order, b.order) })
	for i := 1; i < len(together); i++ {
		m.join(together[0], together[i])
	}
}

func (m *model) leave(number string) {
	d := m.threads[number]
	his, others := 0, 0
	for _, s := range m.in(d) {
		if s.number == number {
			his++
		} else {
			others++
		}
	}
	switch {
	case his == 0:
		delete(m.threads, number)
	case others == 0:
		for n, other := range m.threads {
			if other == d && n != number {
				delete(m.threads, n)
			}
		}
	default:
		m.begun++
		own := &drawn{order: m.begun, views: make(map[string]*marked)}
		for agent, v := range d.views {
			same := *v
			own.views[agent] = &same
		}
		m.threads[number] = own
	}
}

func (m *model) join(kept, other *drawn) {
	for _, a := range m.agents {
		k, o := m.mark(kept, a.ID), m.mark(other, a.ID)
		unread := append(m.unread(kept, a.ID, nil), m.unread(other, a.ID, nil)...)
		k.read = max(k.read, o.read)
		if len(unread) > 0 {
			k.read = ""
			for _, s := range append(m.in(kept), m.in(other)...) {
				if s.id < slices.Min(unread) {
					k.read = max(k.read, s.id)
				}
			}
		}
		k.closed, k.muted = k.closed && o.closed, k.muted && o.muted
	}
	for n, d := range m.threads {
		if d == other {
			m.threads[n] = kept
		}
	}
}

func (m *model) owner(number string) string {
	for id, numbers := range m.contacts {
		if slices.Contains(numbers, number) {
			return id
		}
	}
	return ""
}

// pick is one of some, in an order that does not differ by run.
func pick[T any](m *model, some []T) T { return some[m.IntN(len(some))] }

// step does one thing on both sides.
func (m *model) step() error {
	ctx := context.Background()
	number, agent := pick(m, modelNumbers), pick(m, m.agents)
	switch m.IntN(12) {
	case 0, 1, 2:
		return m.receive(ctx, number, pick(m, m.lines))
	case 3:
		line := pick(m, m.lines)
		sent, _, err := m.db.Compose(ctx, storage.Draft{To: number, Line: line, Text: "out", Count: storage.Count{Alphabet: "gsm7", Parts: 1}})
		if err != nil {
			return err
		}
		m.put(number, sent.ID, line, false)
		return m.db.Mark(ctx, storage.Change{Line: line, Message: sent.ID, N: 1, From: storage.Queued, To: storage.Canceled})
	case 4, 5:
		return m.saveSome(ctx)
	case 6:
		return m.mergeSome(ctx)
	case 7:
		if len(m.contacts) == 0 {
			break
		}
		id := slices.Min(slices.Collect(maps.Keys(m.contacts)))
		numbers := m.contacts[id]
		delete(m.contacts, id)
		for _, n := range numbers {
			if m.threads[n] != nil {
				m.leave(n)
			}
		}
		return m.db.DeleteContact(ctx, id)
	case 8:
		return m.remove(ctx)
	case 9:
		return m.readEverything(ctx, agent)
	default:
		return m.look(ctx, number, agent)
	}
	return nil
}

func (m *model) receive(ctx context.Context, number, line string) error {
	m.pdus++
	kept, err := m.db.Keep(ctx, line, nil, []storage.Kept{{PDU: fmt.Sprint("pdu", m.pdus), Index: -1}})
	if err != nil {
		return err
	}
	if err := m.db.Receive(ctx, line, []storage.Arrival{text(kept[0], number, "in")}, assemble); err != nil {
		return err
	}
	page, err := m.db.Threads(ctx, storage.Page{Limit: 1})
	if err == nil {
		m.put(number, page.Threads[0].Last.ID, line, true)
	}
	return err
}

func (m *model) saveSome(ctx context.Context) error {
	ids := slices.Sorted(maps.Keys(m.contacts))
	id := ""
	if len(ids) > 0 && m.IntN(2) == 0 {
		id = pick(m, ids)
	}
	var numbers []string
	for _, n := range modelNumbers {
		if owner := m.owner(n); (owner == "" || owner == id) && m.IntN(2) == 0 {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	c, err := m.db.EditContact(ctx, storage.ContactEdit{ID: id, Do: func(c *storage.Contact) error {
		c.Name, c.Numbers = "Somebody", numbers
		return nil
	}})
	if err == nil {
		m.save(c.ID, numbers)
	}
	return err
}

// mergeSome makes one of two contacts, and often takes it back.
func (m *model) mergeSome(ctx context.Context) error {
	ids := slices.Sorted(maps.Keys(m.contacts))
	if len(ids) < 2 {
		return nil
	}
	a, b := ids[0], ids[1]
	merge, err := m.db.MergeContacts(ctx, a, b)
	if err != nil {
		return err
	}
	mine, others := m.contacts[a], m.contacts[b]
	delete(m.contacts, b)
	m.save(a, append(slices.Clone(mine), others...))
	if err := m.check(); err != nil || m.IntN(2) == 0 {
		return err
	}
	if _, _, err := m.db.UnmergeContacts(ctx, merge.ID); err != nil {
		return err
	}
	m.save(a, mine)
	m.save(b, others)
	return nil
}

func (m *model) remove(ctx context.Context) error {
	if len(m.messages) == 0 {
		return nil
	}
	i := m.IntN(len(m.messages))
	s := m.messages[i]
	if m.IntN(3) > 0 {
		m.messages = slices.Delete(m.messages, i, i+1)
		_, err := m.db.DeleteMessage(ctx, s.id, "")
		return err
	}
	found, err := m.db.Message(ctx, s.id)
	if err != nil {
		return err
	}
	d := m.threads[s.number]
	m.messages = slices.DeleteFunc(m.messages, func(o said) bool { return m.threads[o.number] == d })
	for n, other := range m.threads {
		if other == d {
			delete(m.threads, n)
		}
	}
	_, err = m.db.DeleteThread(ctx, found.Thread)
	return err
}

func (m *model) readEverything(ctx context.Context, a storage.Agent) error {
	was := make(map[*drawn]string)
	done, err := m.db.ReadAll(ctx, a.ID, seen(a))
	if err != nil {
		return err
	}
	for _, d := range m.all() {
		if len(m.unread(d, a.ID, seen(a))) > 0 {
			v := m.mark(d, a.ID)
			all := m.in(d)
			was[d], v.read = v.read, all[len(all)-1].id
		}
	}
	if done.Threads != len(was) {
		return fmt.Errorf("%d threads were read, not %d", done.Threads, len(was))
	}
	if done.Threads == 0 || m.IntN(2) == 0 {
		return nil
	}
	for d, read := range was {
		m.mark(d, a.ID).read = read
	}
	_, err = m.db.UndoReadAll(ctx, a.ID, done.Undo)
	return err
}

// look changes how one agent sees the thread of a number.
func (m *model) look(ctx context.Context, number string, a storage.Agent) error {
	d := m.threads[number]
	if d == nil || len(m.in(d)) == 0 {
		return nil
	}
	some := pick(m, m.in(d))
	found, err := m.db.Message(ctx, some.id)
	if err != nil {
		return err
	}
	var c storage.ViewChange
	v := *m.mark(d, a.ID)
	yes := m.IntN(2) == 0
	switch m.IntN(4) {
	case 0:
		c.ReadTo, v.read = &some.id, max(v.read, some.id)
	case 1:
		c.Closed, v.closed = &yes, yes
	case 2:
		c.Muted, v.muted = &yes, yes
	default:
		c.Unread = &yes
		all := m.in(d)
		if !yes {
			v.read = all[len(all)-1].id
			break
		}
		for i, s := range slices.Backward(all) {
			if s.in && (seen(a) == nil || slices.Contains(seen(a), s.line)) {
				if v.read >= s.id {
					v.read = ""
					if i > 0 {
						v.read = all[i-1].id
					}
				}
				break
			}
		}
	}
	_, err = m.db.ChangeView(ctx, a.ID, seen(a), found.Thread, c)
	if code(err) == storage.CodeNotFound && len(m.rows(a, d)) == 0 {
		return nil // nothing of it is to be seen
	}
	if err == nil {
		*m.mark(d, a.ID) = v
	}
	return err
}

// rows are the messages of a thread that an agent sees.
func (m *model) rows(a storage.Agent, d *drawn) (all []said) {
	lines := seen(a)
	return slices.DeleteFunc(m.in(d), func(s said) bool { return lines != nil && !slices.Contains(lines, s.line) })
}

// check compares what both sides say to each agent.
func (m *model) check() error {
	ctx := context.Background()
	for _, a := range m.agents {
		var want, got, unreads []string
		badges := storage.Badges{}
		for _, d := range m.all() {
			rows := m.rows(a, d)
			if len(rows) == 0 {
				continue
			}
			last := rows[len(rows)-1]
			n, v := len(m.unread(d, a.ID, seen(a))), m.mark(d, a.ID)
			row := fmt.Sprintf("%s %s unread %d closed %v muted %v of %q", last.id, last.number, n, v.closed, v.muted, m.owner(last.number))
			want = append(want, row)
			if n > 0 && !v.closed {
				badges.Threads++
				badges.Messages += n
				unreads = append(unreads, row)
			}
		}
		for _, w := range [][]string{want, unreads} {
			slices.Sort(w)
			slices.Reverse(w)
		}
		for state, want := range map[string][]string{"": want, storage.ThreadsUnread: unreads} {
			got = nil
			p := storage.Page{Agent: a.ID, Lines: seen(a), Limit: 2, Filter: storage.ThreadFilter{State: state}}
			for {
				page, err := m.db.Threads(ctx, p)
				if err != nil {
					return err
				}
				for _, t := range page.Threads {
					owner, number := "", t.Last.To
					if t.Contact != nil {
						owner = t.Contact.ID
					}
					if t.Last.Dir == storage.Inbound {
						number = t.Last.From
					}
					got = append(got, fmt.Sprintf("%s %s unread %d closed %v muted %v of %q", t.Last.ID, number, t.View.Unread, !t.View.ClosedAt.IsZero(), t.View.Muted, owner))
				}
				if p.Before = page.Next; page.Next == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				return fmt.Errorf("%s sees\n%q, not\n%q", a.Name, got, want)
			}
		}
		if found, err := m.db.Badges(ctx, a.ID, seen(a)); err != nil || found != badges {
			return fmt.Errorf("badges of %s are %+v, not %+v %w", a.Name, found, badges, err)
		}
	}
	return nil
}

func (m *model) run(steps int) error {
	for i := range steps {
		if err := m.step(); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
		if err := m.check(); err != nil {
			return fmt.Errorf("after step %d: %w", i, err)
		}
	}
	return nil
}

func TestThreadsModel_S26_S40_S48_S50_S51_S54_S55_S57_S67(t *testing.T) {
	for seed := range uint64(15) {
		if err := newModel(t, seed).run(60); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// TestThreadsModel_sees_planted_faults plants faults under the ledger, and the
// model must see each.
func TestThreadsModel_sees_planted_faults(t *testing.T) {
	for name, fault := range map[string]string{
		"a closed thread stays closed": `CREATE TRIGGER fault AFTER UPDATE OF closed_at ON thread_view WHEN NEW.closed_at = 0 AND OLD.closed_at > 0
			BEGIN UPDATE thread_view SET closed_at = OLD.closed_at WHERE agent = NEW.agent AND thread = NEW.thread; END`,
		"the list of a line does not move": `CREATE TRIGGER fault AFTER UPDATE OF last ON thread_line
			BEGIN UPDATE thread_line SET last = OLD.last WHERE thread = NEW.thread AND line = NEW.line; END`,
		"what comes counts as read": `CREATE TRIGGER fault AFTER INSERT ON message WHEN NEW.dir = 'in'
			BEGIN UPDATE thread_view SET read_to = NEW.id WHERE thread = NEW.thread; END`,
		"a number stays with its contact": `CREATE TRIGGER fault AFTER DELETE ON contact_number
			WHEN EXISTS (SELECT 1 FROM contact WHERE id = OLD.contact) AND OLD.n > 0
			BEGIN UPDATE thread SET peer = peer || 'x' WHERE contact = OLD.contact; UPDATE message SET peer = peer || 'x' WHERE peer = OLD.number; END`,
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range uint64(10) {
				m := newModel(t, seed)
				if _, err := m.db.write.conn.ExecContext(context.Background(), fault); err != nil {
					t.Fatal(err)
				}
				if m.run(60) != nil {
					return
				}
			}
			t.Error("the fault was not seen")
		})
	}
}
