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
	"^SISW", "O", "A", "&C", "&D", "+IPR", "+ICF", "+IFC",
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
		if slices.Contains(openers, cmd.Name) && cmd.Op != at.Test && cmd.Op != at.Read {
			return nil, fmt.Errorf("AT%s is not for the console: it waits for more than a line, or changes how the port speaks", cmd.Name)
		}
		if cmd.Name == "D" && !strings.HasSuffix(cmd.Args, ";") {
			return nil, errors.New("ATD without a semicolon at its end opens a data connection; with one it is a voice call")
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

func shortly(text string) string {
	if len(text) > 40 {
		return text[:40] + "..."
	}
	return text
}
