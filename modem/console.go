package modem

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"smsbridge/modem/at"
)

// searchTime is for +COPS=?, the slowest question there is.
const searchTime = 180 * time.Second

// openers are commands that want more than a line: a PDU at a prompt, or a connection for data. The engine alone
// speaks to prompts.
var openers = []string{
	"+CMGS", "+CMGW", "+CMGC", "+CNMA", "+CPOS", "+CGDATA", "+CMUX", "+CIPSEND", "+QISEND", "+QIRD", "+USOWR", "#SSEND",
	"^SISW", "&C", "&D", "+IPR", "+ICF", "+IFC",
}

// Console runs a line as a person typed it, with its AT, and returns the information lines and the final result as
// the modem wrote it. An error means that there was none: the line was refused here, or the modem did not answer.
// Refused are control octets, and commands that open a prompt or a connection, or change the speed of the port; a
// prompt that opens nevertheless is left without a word.
//
// Where the line was more than a question, the settings this package relies on are set again after it. It asks
// nobody whether the line may do what it does: see ReadOnly.
func (m *Modem) Console(ctx context.Context, line string) (info []string, final string, err error) {
	c, err := m.typed(ctx, line)
	if err != nil {
		return nil, "", err
	}
	select {
	case <-m.selected: // the line may select a memory, and nobody must read meanwhile
	case <-ctx.Done():
		return nil, "", context.Cause(ctx)
	}
	defer m.leave("")
	a := m.do(c)
	if !ReadOnly(line) {
		if again := m.restore(ctx); again != nil && a.err == nil {
			a.err = again
		}
	}
	if a.final.Kind != 0 {
		return a.info, a.final.String(), nil
	}
	return a.info, "", a.err
}

// typed makes a call of a line, or says why not.
func (m *Modem) typed(ctx context.Context, line string) (*call, error) {
	line = strings.TrimSpace(line)
	if _, err := command(line); err != nil {
		return nil, err
	}
	list, err := at.ParseCommand(line)
	if err != nil {
		return nil, err
	}
	c := newCall(ctx, line[2:], shape{whole: true, bare: func(string) bool { return true }}, m.options.Store)
	c.label = shortly(Redact(line))
	c.console = true
	for _, cmd := range list {
		asks := cmd.Op == at.Test || cmd.Op == at.Read
		if cmd.Name == "A" || cmd.Name == "O" || !asks && (slices.Contains(openers, cmd.Name) || mutes(cmd)) {
			return nil, fmt.Errorf("AT%s is not for the console: it waits for more than a line, or changes how the port speaks", cmd)
		}
		if cmd.Name == "D" && !strings.HasSuffix(cmd.Args, ";") {
			return nil, errors.New("ATD without a semicolon at its end opens a data connection; with one it is a voice call")
		}
		if cmd.Name == "D" && strings.Trim(cmd.Args[:len(cmd.Args)-1], dialString) != "" {
			return nil, fmt.Errorf("ATD%s is no dial string: after ATD stand digits, *, #, + and A to D, and a semicolon ends the line", cmd.Args)
		}
		if cmd.Name == "D" {
			c.dials = true
		}
		if cmd.Name == "+COPS" {
			c.limit = searchTime
		}
		c.shape.also = append(c.shape.also, cmd.Name)
	}
	return c, nil
}

// dialString has the characters of a dial string, with its modifiers: V.250 6.3.1.
const dialString = "0123456789*#+ABCDabcd,TtPp!Ww@"

// mutes tells that after a command the modem would be heard no more: its lines end otherwise (V.250 6.2.1 to 6.2.3), it
// gives no results (6.2.5), or gives them as digits (6.2.6).
func mutes(cmd at.Command) bool {
	switch cmd.Name {
	case "S3", "S4", "S5":
		return true
	case "Q":
		return strings.Trim(cmd.Args, "0") != ""
	case "V":
		return strings.TrimLeft(cmd.Args, "0") != "1"
	}
	return false
}

func shortly(text string) string {
	if len(text) > 40 {
		return text[:40] + "..."
	}
	return text
}
