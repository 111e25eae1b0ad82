package at

import (
	"fmt"
	"strings"
)

// Op says what is asked of a command.
type Op uint8

const (
	Execute Op = iota // ATZ, AT+CMGL
	Read              // AT+CPMS?
	Test              // AT+CPMS=?
	Assign            // AT+CPMS="SM", ATE0
)

// Command is one command of a line: AT+CMGS=23 is {"+CMGS", Assign, "23"}, ATE0 is {"E", Assign, "0"}.
type Command struct {
	Name string // upper case, with its mark: "E", "&F", "S3", "+CMGS", "^CURC"
	Op   Op
	Args string // as written, blanks at both ends removed
}

// Params takes the arguments apart.
func (c Command) Params() Params { return ParseParams(c.Args) }

// String returns the command as it is written after AT.
func (c Command) String() string {
	switch c.Op {
	case Read:
		return c.Name + "?"
	case Test:
		return c.Name + "=?"
	case Assign:
		if extended(c.Name[0]) || c.Name[0] == 'S' {
			return c.Name + "=" + c.Args
		}
		return c.Name + c.Args
	}
	return c.Name
}

// SyntaxError says where a command line cannot be read.
type SyntaxError struct {
	Line   string
	Offset int
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("command line %q not understood at octet %d", e.Line, e.Offset)
}

// ParseCommand reads a command line without its CR: V.250, 5.2 to 5.4. AT may be written in either
// case; basic commands follow one another (ATE0V1), extended ones are parted by semicolons
// (AT+CMGF=0;+CPMS?), and a dial command takes the rest of its line. AT alone holds no command. The
// error, if any, is a *SyntaxError.
func ParseCommand(line string) ([]Command, error) {
	p := commandParser{line: strings.TrimRight(line, " ")}
	p.blanks()
	if len(p.line)-p.at < 2 || !strings.EqualFold(p.line[p.at:p.at+2], "AT") {
		return nil, p.fail()
	}
	p.at += 2
	var list []Command
	for p.blanks(); p.at < len(p.line); p.blanks() {
		c, err := p.command()
		if err != nil {
			return list, err
		}
		list = append(list, c)
	}
	return list, nil
}

type commandParser struct {
	line string
	at   int
}

func (p *commandParser) fail() error { return &SyntaxError{p.line, p.at} }

func (p *commandParser) blanks() {
	for p.at < len(p.line) && (p.line[p.at] == ' ' || p.line[p.at] == ';') {
		p.at++
	}
}

// run returns the longest run of octets that are of a kind.
func (p *commandParser) run(of func(byte) bool) string {
	start := p.at
	for p.at < len(p.line) && of(p.line[p.at]) {
		p.at++
	}
	return p.line[start:p.at]
}

func (p *commandParser) next() byte {
	if p.at < len(p.line) {
		return p.line[p.at]
	}
	return 0
}

func (p *commandParser) command() (Command, error) {
	if extended(p.next()) {
		return p.extended()
	}
	return p.basic()
}

// extended reads a command named with a mark: V.250, 5.4. The makers' own use other marks than +.
func (p *commandParser) extended() (Command, error) {
	mark := p.line[p.at : p.at+1]
	p.at++
	name := p.run(nameOctet)
	if name == "" {
		return Command{}, p.fail()
	}
	c := Command{Name: mark + strings.ToUpper(name)}
	tail, _, _ := cutOutside(p.line[p.at:], ';')
	c.Args = strings.TrimSpace(tail)
	if blank, ok := strings.CutPrefix(c.Args, "="); ok && strings.TrimSpace(blank) == "?" {
		c.Args = "=?"
	}
	switch {
	case c.Args == "":
	case c.Args == "?":
		c.Op, c.Args = Read, ""
	case c.Args == "=?":
		c.Op, c.Args = Test, ""
	case c.Args[0] == '=':
		c.Op, c.Args = Assign, strings.TrimSpace(c.Args[1:])
	default:
		return Command{}, p.fail()
	}
	p.at += len(tail)
	return c, nil
}

// basic reads a letter with its number (V.250, 5.3.1), an S-parameter (5.3.2) or a dial command.
func (p *commandParser) basic() (Command, error) {
	start := p.at
	if p.next() == '&' {
		p.at++
	}
	if !letter(p.next()) {
		p.at = start
		return Command{}, p.fail()
	}
	p.at++
	c := Command{Name: strings.ToUpper(p.line[start:p.at])}
	switch c.Name {
	case "D":
		c.Op, c.Args = Assign, strings.TrimSpace(p.line[p.at:])
		p.at = len(p.line)
		return c, nil
	case "S":
		return p.register()
	}
	if c.Args = p.run(digit); c.Args != "" {
		c.Op = Assign
	} else if p.next() == '?' {
		c.Op = Read
		p.at++
	}
	return c, nil
}

func (p *commandParser) register() (Command, error) {
	c := Command{Name: "S" + p.run(digit)}
	switch p.next() {
	case '?':
		p.at++
		c.Op = Read
	case '=':
		p.at++
		if p.next() == '?' {
			p.at++
			c.Op = Test
			return c, nil
		}
		c.Op, c.Args = Assign, p.run(digit)
	}
	return c, nil
}

// extended reports whether the octet marks an extended command.
func extended(c byte) bool { return c != 0 && strings.IndexByte("+^*$#%!", c) >= 0 }

func letter(c byte) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// nameOctet: V.250, 5.4.1.
func nameOctet(c byte) bool {
	return letter(c) || digit(c) || c != 0 && strings.IndexByte("!%-./:_", c) >= 0
}
