package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"os"

	"smsbridge/bridge/client"
	"smsbridge/storage"
)

// followSize is how much a run does; SMSBRIDGE_FOLLOW sets the number of events.
type followSize struct {
	events, kills, restores, followers int
}

func followSizeOf(t *testing.T) followSize {
	if s := os.Getenv("SMSBRIDGE_FOLLOW"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatalf("SMSBRIDGE_FOLLOW: %v", err)
		}
		return followSize{n, 24, 4, 8}
	}
	return followSize{3000, 4, 1, 4}
}

// TestFollow_through_everything kills the real program with SIGKILL, puts
// backups back, and cuts followers off at random, while events are written.
// Each follower keeps a log of what it was told. At the end each log is held
// against the table of events of each ledger that there was: every number once,
// in order, with what the table says; or it was told why not.
//
// The negative control is a follower that pays no heed to the epoch: the same
// comparison finds it out.
func TestFollow_through_everything(t *testing.T) {
	size := followSizeOf(t)
	s := newSaga(t, build(t, ""))
	s.run(size)
	if s.killed < size.kills || s.restored < size.restores || s.written.Load() < int64(size.events) {
		t.Fatalf("the saga did not happen: %d kills, %d restores, %d events", s.killed, s.restored, s.written.Load())
	}
	told, breaks, lost := 0, 0, 0
	for i, f := range s.followers {
		if err := s.compare(f); err != nil {
			t.Errorf("follower %d: %v", i, err)
		}
		told, breaks, lost = told+f.events(), breaks+f.breaks, lost+f.lost()
	}
	t.Logf("%d events written, %d kills, %d restores; %d followers were told %d events over %d connections and that a ledger was put back %d times",
		s.written.Load(), s.killed, s.restored, len(s.followers), told, breaks, lost)
	if lost == 0 {
		t.Error("nobody was told of a restore")
	}
	err := s.compare(s.heedless)
	if err == nil {
		t.Fatal("the follower that ignores the epoch was not found out")
	}
	t.Log("the one that ignores the epoch: ", err)
}

// saga is a box that is killed and put back, and those who follow it.
type saga struct {
	*testing.T
	binary, folder string
	killed         int
	restored       int
	written        atomic.Int64
	followers      []*follower
	heedless       *follower
	tables         map[string]map[int64]uint64 // what each ledger's log says, by epoch
	seed           maphash.Seed
	head           storage.Head
}

func newSaga(t *testing.T, binary string) *saga {
	return &saga{T: t, binary: binary, folder: t.TempDir(), tables: make(map[string]map[int64]uint64), seed: maphash.MakeSeed()}
}

func (s *saga) path(name string) string { return filepath.Join(s.folder, name) }

func (s *saga) serve() *process {
	return start(s, nil, s.binary, "serve", "--db", s.path("ledger.db"), "--limits=false", "--listen", "127.0.0.1:0", "--admin", s.path("admin.sock"),
		"--modem", "simulator:1", "--sockets", "500", "--sockets-per-agent", "500", "--log-level", "error")
}

// do runs a verb of the program.
func (s *saga) do(args ...string) string {
	out, err := exec.Command(s.binary, args...).CombinedOutput()
	if err != nil {
		s.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// write saves contacts, an event each, until so many are written.
func (s *saga) write(ctx context.Context) {
	box := overSocket(s.path("admin.sock"))
	for ctx.Err() == nil {
		n := s.written.Load()
		code, _ := call(box, "POST", "/api/v1/contacts", nil, map[string]any{
			"name": fmt.Sprint("number ", n, " ", rand.Int64()), "numbers": []string{fmt.Sprintf("+1555%07d", n%500)}}, nil)
		if code == 200 {
			s.written.Add(1)
		} else {
			time.Sleep(10 * time.Millisecond) // it is down
		}
	}
}

func (s *saga) run(size followSize) {
	box := s.serve()
	for range size.followers {
		s.followers = append(s.followers, &follower{seed: s.seed})
	}
	s.heedless = &follower{seed: s.seed, heedless: true}
	ctx, stop := context.WithCancel(context.Background())
	writing, enough := context.WithCancel(context.Background())
	var all, pens sync.WaitGroup
	defer stop()
	for _, f := range append(s.followers, s.heedless) {
		c, err := client.New(client.Options{Socket: s.path("admin.sock")})
		if err != nil {
			s.Fatal(err)
		}
		all.Go(func() { f.follow(ctx, c) })
	}
	for range 4 {
		pens.Go(func() { s.write(writing) })
	}
	turns := max(size.kills, 1)
	for turn := range turns {
		backup := turn*size.restores/turns != (turn+1)*size.restores/turns
		for s.written.Load() < int64(size.events)*int64(2*turn+1)/int64(2*turns) {
			time.Sleep(time.Millisecond)
		}
		file := s.path(fmt.Sprint("backup", turn, ".db"))
		if backup {
			s.do("db", "backup", file, "--admin", s.path("admin.sock"))
		}
		for s.written.Load() < int64(size.events)*int64(turn+1)/int64(turns) {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(rand.IntN(30)) * time.Millisecond)
		box.end(syscall.SIGKILL)
		s.killed++
		if backup {
			said := s.do("db", "restore", file, "--db", s.path("ledger.db"))
			_, aside, _ := strings.Cut(said, "is kept as ")
			aside, _, _ = strings.Cut(aside, ".\n")
			s.table(aside)
			s.restored++
		}
		box = s.serve()
	}
	enough()
	pens.Wait()
	c, err := client.New(client.Options{Socket: s.path("admin.sock")})
	if err != nil {
		s.Fatal(err)
	}
	defer c.Close()
	if s.head, err = headOf(c); err != nil {
		s.Fatal(err)
	}
	for _, f := range s.followers {
		f.until(s.head)
	}
	stop()
	all.Wait()
	box.end(syscall.SIGTERM)
	s.table(s.path("ledger.db"))
}

func headOf(c *client.Client) (head storage.Head, err error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	c.Follow(ctx, client.FollowOptions{Live: func(h storage.Head) { head = h; stop() }}, func(client.Event) error { return nil })
	if head.Epoch == "" {
		err = errors.New("the box has no head")
	}
	return head, err
}

// table reads what a ledger's log says.
func (s *saga) table(file string) {
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		s.Fatal(err)
	}
	defer db.Close()
	var epoch string
	if err := db.QueryRow(`SELECT value FROM meta WHERE key = 'epoch'`).Scan(&epoch); err != nil {
		s.Fatalf("%s: %v", file, err)
	}
	rows, err := db.Query(`SELECT seq, type, data FROM event ORDER BY seq`)
	if err != nil {
		s.Fatal(err)
	}
	defer rows.Close()
	t := make(map[int64]uint64)
	for rows.Next() {
		var seq int64
		var kind, data string
		if err := rows.Scan(&seq, &kind, &data); err != nil {
			s.Fatal(err)
		}
		t[seq] = maphash.String(s.seed, kind+data)
	}
	if rows.Err() != nil {
		s.Fatal(rows.Err())
	}
	s.tables[epoch] = t
}

// compare holds a follower's log against the tables.
func (s *saga) compare(f *follower) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.log) == 0 {
		return errors.New("it was told nothing")
	}
	epoch, after := f.log[0].epoch, int64(0) // all began with an empty ledger
	for _, e := range f.log {
		if e.reason != "" {
			if e.reason != "epoch_changed" || e.epoch == epoch || s.tables[e.epoch] == nil {
				return fmt.Errorf("after %s:%d it was told %s and to go on from %s:%d", epoch, after, e.reason, e.epoch, e.seq)
			}
			epoch, after = e.epoch, e.seq
			continue
		}
		if e.epoch != epoch || e.seq != after+1 {
			return fmt.Errorf("after %s:%d came %s:%d, and nobody said why", epoch, after, e.epoch, e.seq)
		}
		if said, ok := s.tables[epoch][e.seq]; !ok || said != e.hash {
			return fmt.Errorf("%s:%d is not what the table says (there at all: %v)", epoch, e.seq, ok)
		}
		after = e.seq
	}
	if epoch != s.head.Epoch || after < s.head.Seq {
		return fmt.Errorf("it ends with %s:%d, the log with %s:%d", epoch, after, s.head.Epoch, s.head.Seq)
	}
	return nil
}

// A follower keeps a log, and goes away and comes back all the time.
type follower struct {
	seed     maphash.Seed
	heedless bool

	mu     sync.Mutex
	log    []entry
	breaks int
}

// entry is an event, or that the stream could not go on, and why.
type entry struct {
	epoch  string
	seq    int64
	hash   uint64
	reason string
}

func (f *follower) events() (n int) {
	for _, e := range f.log {
		if e.reason == "" {
			n++
		}
	}
	return n
}

func (f *follower) lost() int { return len(f.log) - f.events() }

func (f *follower) write(e entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.log = append(f.log, e)
}

func (f *follower) last() (e entry) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.log) > 0 {
		e = f.log[len(f.log)-1]
	}
	return e
}

func (f *follower) follow(ctx context.Context, c *client.Client) {
	defer c.Close()
	for ctx.Err() == nil {
		last := f.last()
		o := client.FollowOptions{Epoch: last.epoch, After: last.seq, Replay: "all", Lost: func(reason string, head storage.Head) error {
			if !f.heedless {
				f.write(entry{epoch: head.Epoch, seq: head.Seq, reason: reason})
			}
			return nil
		}}
		if f.heedless {
			o.Epoch = "" // the log as the box has it, whichever that is
		}
		short, cut := context.WithTimeout(ctx, time.Duration(50+rand.IntN(1500))*time.Millisecond)
		c.Follow(short, o, func(e client.Event) error {
			f.write(entry{epoch: e.Epoch, seq: e.Seq, hash: maphash.String(f.seed, e.Type+string(e.Data))})
			return nil
		})
		cut()
		f.mu.Lock()
		f.breaks++
		f.mu.Unlock()
	}
}

// until waits until it has come as far as that, for a long while.
func (f *follower) until(head storage.Head) {
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if e := f.last(); e.epoch == head.Epoch && e.seq >= head.Seq {
			return
		}
	}
}
