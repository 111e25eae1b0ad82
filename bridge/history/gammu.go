package history

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"smsbridge/storage"
)

// gammuTables are those of gammu-smsd, schema 17 and before. outbox holds what
// was never sent.
var gammuTables = []string{"inbox", "sentitems", "outbox"}

// openGammu reads what gammu has: the database of its daemon, the folders of
// its daemon, or a backup.
func openGammu(path string, o Options) (Records, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return gammuFolder(path, o)
	}
	if isBackup(path) {
		return file(ReadBackup)(path, o)
	}
	found, err := tables(path, gammuTables...)
	if err != nil {
		return nil, err
	}
	return o.gammuRows(path, found, false), nil
}

// openKalkun reads what Kalkun shows: gammu's tables, without its trash.
func openKalkun(path string, o Options) (Records, error) {
	found, err := tables(path, gammuTables...)
	if err != nil {
		return nil, err
	}
	return o.gammuRows(path, found, true), nil
}

// kalkunTrash is the folder of what was thrown away.
const kalkunTrash = "5"

func (o Options) gammuRows(path string, found rows, kalkun bool) Records {
	return pieces(func(yield func(piece, error) bool) {
		for r, err := range found {
			var p piece
			if err == nil {
				if p, err = o.gammuRow(r); kalkun && r.get("id_folder") == kalkunTrash || kalkun && r.get("trash") == "1" {
					err = errSkip
				}
				if err != nil && !errors.Is(err, errSkip) {
					err = &Fault{path + " " + r.table, r.n, err}
				}
			}
			if !yield(p, err) {
				return
			}
		}
	})
}

// gammuStates are those of sentitems.
var gammuStates = map[string]storage.MessageState{
	"SendingOK": storage.Sent, "SendingOKNoReport": storage.Sent, "DeliveryPending": storage.Sent, "DeliveryUnknown": storage.Sent,
	"DeliveryOK": storage.Delivered, "DeliveryFailed": storage.Undelivered, "SendingError": storage.Failed, "Error": storage.Failed,
}

// gammuRow reads a row of inbox, sentitems or outbox.
func (o Options) gammuRow(r row) (p piece, err error) {
	p.Text = r.get("textdecoded")
	if p.Text == "" && r.get("coding") == "8bit" {
		return p, errSkip // no text at all
	}
	peer, at := r.get("sendernumber"), r.get("receivingdatetime")
	p.Dir = storage.Inbound
	switch r.table {
	case "sentitems":
		p.Dir, p.State = storage.Outbound, gammuStates[r.get("status")]
		peer, at = r.get("destinationnumber"), r.get("sendingdatetime")
		if p.State == storage.Delivered {
			p.DeliveredAt, _ = o.moment(r.get("deliverydatetime"))
		}
	case "outbox":
		p.Dir, p.State = storage.Outbound, storage.Canceled
		peer, at = r.get("destinationnumber"), r.get("sendingdatetime")
	}
	if p.Peer, err = o.peer(peer); err != nil {
		return p, err
	}
	if p.At, err = o.moment(at); err != nil {
		return p, err
	}
	ref, of, seq := concat(r.get("udh"))
	if p.of, p.seq = of, seq; of > 1 {
		p.set = r.table + " " + p.Peer + " " + ref + " " + strconv.Itoa(of)
	}
	if r.table == "sentitems" && of > 1 {
		p.set = "sentitems " + r.get("id") + " " + strconv.Itoa(of)
	}
	return p, nil
}

// isBackup tells a file that gammu wrote itself.
func isBackup(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, 4096)
	n, _ := f.Read(head)
	text := anyText(head[:n])
	return strings.Contains(text, "[SMSBackup") || strings.Contains(text, "; This file format was designed for Gammu")
}

var errNoGammu = fmt.Errorf("there is nothing of gammu: no database, no files named IN... or OUT..., no backup")
