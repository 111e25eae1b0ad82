package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// An AuditEntry is one row of the audit: who asked for what, about what, and
// what came of it. Each carries the hash of the one before it in its own, so
// that a row that is changed, taken out or put in is found by AuditChain.
type AuditEntry struct {
	Seq     int64  `json:"seq"`
	At      Time   `json:"at"`
	Author  Author `json:"author"`
	Method  string `json:"method"`
	Object  string `json:"object,omitempty"` // an id, a name, or an address; never a secret or a text
	Outcome string `json:"outcome"`          // done, or the type of the refusal
	Hash    string `json:"hash"`             // hex
}

// AuditDone is the outcome of what was done.
const AuditDone = "done"

// AuditStart is the hash before the first row.
const AuditStart = "0000000000000000000000000000000000000000000000000000000000000000"

// Chain is the hash of e after a row with hash before: SHA-256 over that hash
// and a JSON array of the fields, in which no two rows look the same.
func (e AuditEntry) Chain(before string) string {
	text, _ := json.Marshal([]any{before, e.Seq, e.At.Milli(), e.Author, e.Method, e.Object, e.Outcome})
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// AuditHead is the newest row, to be kept elsewhere: who can write the ledger
// file can write a whole new chain, but not this one's hash.
type AuditHead struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// String is SEQ:HASH.
func (h AuditHead) String() string { return fmt.Sprintf("%d:%s", h.Seq, h.Hash) }

// AuditVerdict is what a verification found: Fault is empty when the chain is
// whole.
type AuditVerdict struct {
	Head  AuditHead `json:"head"`
	Rows  int64     `json:"rows"`
	Fault string    `json:"fault,omitempty"`
	At    int64     `json:"at,omitempty"` // the row where it shows
}

// AuditChain checks rows one after the other, in their order.
type AuditChain struct {
	known map[int64]string // hashes that were kept elsewhere
	head  AuditHead
	fault string
	at    int64
}

// NewAuditChain makes a chain that must pass through the heads that are known
// from elsewhere.
func NewAuditChain(known ...AuditHead) *AuditChain {
	c := &AuditChain{known: make(map[int64]string), head: AuditHead{Hash: AuditStart}}
	for _, k := range known {
		c.known[k.Seq] = k.Hash
	}
	return c
}

// Add checks the next row. The first fault stays.
func (c *AuditChain) Add(e AuditEntry) {
	kept, known := c.known[e.Seq]
	switch {
	case e.Seq != c.head.Seq+1:
		c.wrong(c.head.Seq+1, "row %d is missing", c.head.Seq+1)
	case e.Chain(c.head.Hash) != e.Hash:
		c.wrong(e.Seq, "row %d was changed or put in, or the one before it was", e.Seq)
	case known && kept != e.Hash:
		c.wrong(e.Seq, "row %d is not the one whose hash was kept: the rows up to it were written anew", e.Seq)
	}
	c.head = AuditHead{e.Seq, e.Hash}
}

func (c *AuditChain) wrong(at int64, format string, args ...any) {
	if c.fault == "" {
		c.fault, c.at = fmt.Sprintf(format, args...), at
	}
}

// Verdict judges the whole. last is what the ledger itself says was written
// last.
func (c *AuditChain) Verdict(last AuditHead) AuditVerdict {
	for seq := range c.known {
		if seq > c.head.Seq {
			c.wrong(c.head.Seq+1, "the audit once reached row %d and ends with row %d: rows were cut off", seq, c.head.Seq)
		}
	}
	if last.Seq > 0 && last != c.head || last.Seq == 0 && c.head.Seq > 0 {
		c.wrong(min(last.Seq, c.head.Seq)+1, "the ledger wrote row %d last, and the audit ends with row %d: rows were cut off or put in", last.Seq, c.head.Seq)
	}
	return AuditVerdict{Head: c.head, Rows: c.head.Seq, Fault: c.fault, At: c.at}
}

type auditKey struct{}

// Audit is an entry on its way: the first change of the ledger that is made
// under its context writes it down, in the same commit.
type Audit struct {
	AuditEntry
	Written bool
}

// WithAudit gives a context an entry for the ledger to write.
func WithAudit(ctx context.Context, a *Audit) context.Context {
	return context.WithValue(ctx, auditKey{}, a)
}

// AuditOf is the entry that is still to be written; nil when there is none.
func AuditOf(ctx context.Context) *Audit {
	if a, _ := ctx.Value(auditKey{}).(*Audit); a != nil && !a.Written {
		return a
	}
	return nil
}
