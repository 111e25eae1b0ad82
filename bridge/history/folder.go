package history

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"smsbridge/storage"
)

// gammuFolders are the folders of gammu-smsd with service = files, and the
// state of what went out by way of them.
var gammuFolders = map[string]storage.MessageState{
	"inbox": storage.Received, "sentsms": storage.Sent, "sent": storage.Sent, "errorsms": storage.Failed, "error": storage.Failed,
}

// Names of files in them: IN20261121_162410_01_+15550100_02.txt, and
// OUT+15550100.txt or OUTC20261121_162410_00_+15550100_note.txt.
var (
	inName  = regexp.MustCompile(`^IN(\d{8}_\d{6})_(\d+)_(.*)_(\d+)\.[a-z]+$`)
	outName = regexp.MustCompile(`^OUT[A-Z]?(?:(\d{8}_\d{6})_\d+_)?(\+?[0-9]+)(?:_.*)?\.[a-z]+$`)
)

// gammuFolder reads the folders of the daemon: a folder of them, or one.
func gammuFolder(path string, o Options) (Records, error) {
	folders := []string{}
	for name := range gammuFolders {
		if info, err := os.Stat(filepath.Join(path, name)); err == nil && info.IsDir() {
			folders = append(folders, filepath.Join(path, name))
		}
	}
	if len(folders) == 0 {
		folders = []string{path}
	}
	return func(yield func(storage.Imported, error) bool) {
		found := false
		ended := false
		for _, folder := range folders {
			for m, err := range o.gammuFiles(folder) {
				found = true
				if ended = !yield(m, err); ended {
					return
				}
			}
		}
		if !found && len(folders) == 1 && folders[0] == path {
			yield(storage.Imported{}, fmt.Errorf("%s: %w", path, errNoGammu))
		}
	}, nil
}

func (o Options) gammuFiles(folder string) Records {
	state, known := gammuFolders[filepath.Base(folder)]
	if !known || state == storage.Received {
		state = storage.Sent
	}
	return pieces(func(yield func(piece, error) bool) {
		for name, err := range filesOf(folder) {
			var p piece
			if err == nil {
				p, err = o.gammuFile(folder, name, state)
			}
			if backup, ok := errors.AsType[isDetail](err); ok {
				if !backup.pass(o, yield) {
					return
				}
				continue
			}
			if err != nil && !errors.Is(err, errSkip) {
				err = &Fault{File: filepath.Join(folder, name), Err: err}
			}
			if !yield(p, err) {
				return
			}
		}
	})
}

// isDetail is a file of a folder that is a backup in itself.
type isDetail struct{ name, text string }

func (isDetail) Error() string { return "this is a backup" }

func (d isDetail) pass(o Options, yield func(piece, error) bool) bool {
	for m, err := range ReadBackup(strings.NewReader(d.text), d.name, o) {
		if !yield(piece{Imported: m}, err) {
			return false
		}
	}
	return true
}

func (o Options) gammuFile(folder, name string, state storage.MessageState) (p piece, err error) {
	in, out := inName.FindStringSubmatch(name), outName.FindStringSubmatch(name)
	if in == nil && out == nil && !strings.HasSuffix(name, ".smsbackup") || strings.HasSuffix(name, ".bin") {
		return p, errSkip
	}
	octets, at, err := small(filepath.Join(folder, name))
	if err != nil {
		return p, err
	}
	p.Text = anyText(octets)
	if strings.Contains(p.Text, "[SMSBackup") {
		return p, isDetail{filepath.Join(folder, name), p.Text}
	}
	if in != nil {
		return o.gammuIn(p, in)
	}
	if out == nil {
		return p, errSkip
	}
	p.Dir, p.State, p.At = storage.Outbound, state, storage.At(at)
	if p.Peer, err = o.peer(out[2]); err != nil {
		return p, err
	}
	if out[1] != "" {
		p.At, err = o.moment(out[1])
	}
	return p, err
}

// gammuIn fills in what the name of an inbound file says. How many parts there
// are it does not: gammuFiles gives them in order, and the next message ends
// the one before.
func (o Options) gammuIn(p piece, name []string) (piece, error) {
	var err error
	p.Dir = storage.Inbound
	if p.At, err = o.moment(name[1]); err != nil {
		return p, err
	}
	if p.Peer, err = o.peer(name[3]); err != nil {
		return p, err
	}
	p.seq, _ = strconv.Atoi(name[4])
	p.set, p.of = name[1]+" "+name[2]+" "+name[3], unknownTotal
	return p, nil
}

// unknownTotal is more than any message has.
const unknownTotal = 1 << 20

// filesOf are the names of the files of a folder, in their order.
func filesOf(folder string) func(yield func(string, error) bool) {
	return func(yield func(string, error) bool) {
		entries, err := os.ReadDir(folder)
		if err == nil && len(entries) > maxFiles {
			err = fmt.Errorf("it has more than %d files", int(maxFiles))
		}
		if err != nil {
			yield("", err)
			return
		}
		for _, e := range entries {
			if e.Type().IsRegular() && !yield(e.Name(), nil) {
				return
			}
		}
	}
}

// small reads a small file, and when it was written.
func small(path string) ([]byte, time.Time, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, time.Time{}, err
	}
	octets, err := io.ReadAll(io.LimitReader(f, maxRecord+1))
	if err == nil && len(octets) > maxRecord {
		err = fmt.Errorf("it has more than %d bytes, and no text has", maxRecord)
	}
	return octets, info.ModTime(), err
}
