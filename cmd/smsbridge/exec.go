package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"smsbridge/bridge/client"
)

// runner runs a command for each event: tail --exec.
//
// A place in the log is kept in a file after each event that the command has
// dealt with (exit code 0), so that over restarts and crashes every event is
// handed over at least once, in order, one at a time. The command gets the
// event as JSON on its standard input, and what is safe in an environment
// there; nothing of it stands on a command line, and no shell reads it.
type runner struct {
	args      []string
	place     string // file of EPOCH:SEQ; empty: none is kept
	out, errs io.Writer

	first, most time.Duration // waits between tries
}

func newRunner(command, place string, out, errs io.Writer) (*runner, error) {
	args, err := fields(command)
	if err != nil {
		return nil, fail(exitUsage, "exec: %w", err)
	}
	if _, err := exec.LookPath(args[0]); err != nil {
		return nil, fail(exitUsage, "exec: %w", err)
	}
	return &runner{args: args, place: place, out: out, errs: errs, first: time.Second, most: 5 * time.Minute}, nil
}

// fields splits a command at spaces; ' and " hold a word together. That is all
// of a shell that there is.
func fields(command string) (words []string, err error) {
	var word strings.Builder
	quote, begun := rune(0), false
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote, begun = r, true
		case quote == 0 && (r == ' ' || r == '\t' || r == '\n'):
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	if quote != 0 {
		return nil, fmt.Errorf("a %c is not closed in %s", quote, command)
	}
	if len(words) == 0 {
		return nil, errors.New("there is no command; write it as 'PROGRAM ARGUMENT ...'")
	}
	return words, nil
}

// from is the place that was kept; epoch is empty when there is none yet.
func (r *runner) from() (epoch string, seq int64, err error) {
	if r.place == "" {
		return "", 0, nil
	}
	text, err := os.ReadFile(r.place)
	if errors.Is(err, fs.ErrNotExist) {
		return "", 0, nil
	}
	if err != nil {
		return "", 0, fail(exitUsage, "cursor: %w", err)
	}
	epoch, number, ok := strings.Cut(strings.TrimSpace(string(text)), ":")
	seq, err = strconv.ParseInt(number, 10, 64)
	if !ok || err != nil || epoch == "" || seq < 0 {
		return "", 0, fail(exitUsage, "cursor: %s does not hold EPOCH:NUMBER; remove it to begin anew", r.place)
	}
	return epoch, seq, nil
}

// keep writes the place so that after a power cut either the old or the new one
// is there.
func (r *runner) keep(epoch string, seq int64) error {
	if r.place == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(r.place), filepath.Base(r.place)+"-*")
	if err != nil {
		return fail(exitError, "cursor: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s:%d\n", epoch, seq)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), r.place)
	}
	if err != nil {
		os.Remove(f.Name())
		return fail(exitError, "cursor: %w", err)
	}
	return nil
}

// do runs the command until it has dealt with e, or ctx ends.
func (r *runner) do(ctx context.Context, e client.Event) error {
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	for try := 0; ; try++ {
		err := r.run(ctx, e, text)
		if err == nil {
			return r.keep(e.Epoch, e.Seq)
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		wait := r.wait(try)
		fmt.Fprintf(r.errs, "event %d: %s: %v; trying again in %s\n", e.Seq, r.args[0], err, wait.Round(time.Millisecond))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// wait doubles, less a random part.
func (r *runner) wait(try int) time.Duration {
	d := r.most
	if try < 32 && r.first<<try < r.most {
		d = r.first << try
	}
	return d/2 + rand.N(d/2+1)
}

// stopTime is how long a command may take to end when it is told to.
const stopTime = 5 * time.Second

func (r *runner) run(ctx context.Context, e client.Event, text []byte) error {
	cmd := exec.CommandContext(ctx, r.args[0], r.args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = stopTime
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(append(text, '\n')), r.out, r.errs
	cmd.Env = append(os.Environ(),
		"SMSBRIDGE_EVENT_ID="+e.Epoch+"-"+strconv.FormatInt(e.Seq, 10),
		"SMSBRIDGE_EVENT_SEQ="+strconv.FormatInt(e.Seq, 10),
		"SMSBRIDGE_EVENT_EPOCH="+e.Epoch,
		"SMSBRIDGE_EVENT_TYPE="+e.Type,
		"SMSBRIDGE_EVENT_AT="+e.At.UTC().Format(time.RFC3339Nano),
		"SMSBRIDGE_EVENT_THREAD="+e.Thread,
		"SMSBRIDGE_EVENT_LINE="+e.Line,
	)
	return cmd.Run()
}
