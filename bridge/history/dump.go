package history

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// dumpRows reads the rows of a dump: INSERT statements as mysqldump, phpMyAdmin
// and sqlite3 write them. Nothing in it is run.
func dumpRows(path string, names []string) rows {
	return func(yield func(row, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(row{}, err)
			return
		}
		defer f.Close()
		d := newDump(f, names)
		err = d.read(yield)
		switch {
		case errors.Is(err, errStop):
		case err != nil:
			yield(row{}, fmt.Errorf("%s, statement %d: %w", path, d.statements, err))
		case !d.known:
			yield(row{}, noTables(path, names))
		}
	}
}

// dump is one reading of a dump.
type dump struct {
	in         *bufio.Reader
	names      []string            // of the tables that are wanted
	columns    map[string][]string // as CREATE TABLE says
	escapes    bool                // a backslash escapes, as in MySQL
	known      bool                // a wanted table was there
	statements int
	rows       map[string]int
	size       int // bytes of the row that is read
}

func newDump(r io.Reader, names []string) *dump {
	d := &dump{in: bufio.NewReader(r), names: names, columns: make(map[string][]string), rows: make(map[string]int)}
	head, _ := d.in.Peek(4096)
	text := string(head)
	d.escapes = strings.Contains(text, "`") || strings.Contains(text, "MySQL") || strings.Contains(text, "MariaDB")
	return d
}

// token is a word, a sign, a string or a name in quotes.
type token struct {
	text string
	kind byte // w word or number, s string, n quoted name, or the sign itself; 0 at the end
}

func (t token) is(word string) bool { return t.kind == 'w' && strings.EqualFold(t.text, word) }

// next reads one token.
func (d *dump) next() (token, error) {
	for {
		c, err := d.in.ReadByte()
		if errors.Is(err, io.EOF) {
			return token{}, nil
		}
		if err != nil {
			return token{}, err
		}
		switch {
		case c <= ' ':
		case c == '#':
			if err := d.skipLine(); err != nil {
				return token{}, err
			}
		case c == '-' || c == '/':
			if ok, err := d.comment(c); err != nil || !ok {
				if err == nil {
					return d.word(c)
				}
				return token{}, err
			}
		case c == '\'':
			text, err := d.quoted(c)
			return token{text, 's'}, err
		case c == '"' || c == '`':
			text, err := d.quoted(c)
			return token{text, 'n'}, err
		case strings.IndexByte("(),;=", c) >= 0:
			return token{string(c), c}, nil
		default:
			return d.word(c)
		}
	}
}

// comment skips what begins with two dashes, or between /* and */; what MySQL
// reads in /*! is skipped too.
func (d *dump) comment(c byte) (bool, error) {
	after, _ := d.in.Peek(1)
	switch {
	case c == '-' && len(after) == 1 && after[0] == '-':
		return true, d.skipLine()
	case c == '/' && len(after) == 1 && after[0] == '*':
		last := byte(0)
		for {
			c, err := d.in.ReadByte()
			if err != nil {
				return true, tooShort(err)
			}
			if last == '*' && c == '/' {
				return true, nil
			}
			last = c
		}
	}
	return false, nil
}

func (d *dump) skipLine() error {
	for {
		_, err := d.in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return err
	}
}

func tooShort(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the file ends in the middle of it")
	}
	return err
}

func (d *dump) word(first byte) (token, error) {
	text := []byte{first}
	for len(text) < maxRecord {
		c, err := d.in.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return token{}, err
		}
		if c <= ' ' || strings.IndexByte("(),;='\"`", c) >= 0 {
			d.in.UnreadByte()
			break
		}
		text = append(text, c)
	}
	return token{string(text), 'w'}, nil
}

// escaped are what MySQL writes after a backslash.
var escaped = map[byte]byte{'0': 0, 'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'Z': 0x1A}

func (d *dump) quoted(mark byte) (string, error) {
	var text []byte
	for {
		c, err := d.in.ReadByte()
		if err != nil {
			return "", tooShort(err)
		}
		if d.size++; d.size > maxRecord {
			return "", errTooLong
		}
		switch {
		case c == mark:
			if after, _ := d.in.Peek(1); len(after) == 0 || after[0] != mark {
				return string(text), nil
			}
			d.in.ReadByte()
		case c == '\\' && d.escapes && mark == '\'':
			if c, err = d.in.ReadByte(); err != nil {
				return "", tooShort(err)
			}
			if plain, ok := escaped[c]; ok {
				c = plain
			}
		}
		text = append(text, c)
	}
}

// read goes through the statements.
func (d *dump) read(yield func(row, error) bool) error {
	for {
		d.size = 0
		t, err := d.next()
		if err != nil || t.kind == 0 {
			return err
		}
		d.statements++
		switch {
		case t.is("CREATE"):
			err = d.create()
		case t.is("INSERT"), t.is("REPLACE"):
			err = d.insert(yield)
		case t.kind != ';':
			err = d.skip()
		}
		if err != nil {
			return err
		}
	}
}

// skip reads to the end of a statement.
func (d *dump) skip() error {
	for {
		d.size = 0
		if t, err := d.next(); err != nil || t.kind == 0 || t.kind == ';' {
			return err
		}
	}
}

// named reads a name, with that of its database before it or not.
func (d *dump) named(t token) string {
	name := t.text
	if after, _ := d.in.Peek(1); t.kind == 'n' && len(after) == 1 && after[0] == '.' {
		d.in.ReadByte()
		if t, err := d.next(); err == nil {
			name = t.text
		}
	}
	name = name[strings.LastIndexByte(name, '.')+1:]
	return strings.ToLower(name)
}

// create notes the columns of a table that is wanted.
func (d *dump) create() error {
	t, err := d.next()
	if err != nil || !t.is("TABLE") {
		if err == nil && t.kind != ';' {
			err = d.skip()
		}
		return err
	}
	for t, err = d.next(); t.is("IF") || t.is("NOT") || t.is("EXISTS"); t, err = d.next() {
	}
	if err != nil {
		return err
	}
	name := d.named(t)
	if !slices.Contains(d.names, name) {
		return d.skip()
	}
	d.known = true
	var columns []string
	depth, fresh := 0, false
	for {
		d.size = 0
		t, err := d.next()
		if err != nil || t.kind == 0 || t.kind == ';' {
			d.columns[name] = columns
			return err
		}
		switch {
		case t.kind == '(':
			depth++
			fresh = depth == 1
			continue
		case t.kind == ')':
			depth--
		case t.kind == ',' && depth == 1:
			fresh = true
			continue
		case fresh && (t.kind == 'n' || t.kind == 'w' && !isKey(t)) && len(columns) < 1000:
			columns = append(columns, strings.ToLower(t.text))
		}
		fresh = false
	}
}

// isKey tells what begins a line of CREATE TABLE that is no column.
func isKey(t token) bool {
	return slices.ContainsFunc([]string{"PRIMARY", "KEY", "UNIQUE", "CHECK", "CONSTRAINT", "INDEX", "FOREIGN", "FULLTEXT"}, t.is)
}

// insert reads the rows of one statement.
func (d *dump) insert(yield func(row, error) bool) error {
	t, err := d.next()
	for ; err == nil && (t.is("INTO") || t.is("IGNORE") || t.is("OR") || t.is("REPLACE")); t, err = d.next() {
	}
	if err != nil {
		return err
	}
	name := d.named(t)
	if !slices.Contains(d.names, name) {
		return d.skip()
	}
	d.known = true
	columns := d.columns[name]
	if t, err = d.next(); err != nil {
		return err
	}
	if t.kind == '(' {
		columns = nil
		for t.kind != ')' {
			if t, err = d.next(); err != nil {
				return err
			}
			if t.kind == 0 || len(columns) > 1000 {
				return tooShort(io.EOF)
			}
			if t.kind == 'n' || t.kind == 'w' {
				columns = append(columns, strings.ToLower(t.text))
			}
		}
		if t, err = d.next(); err != nil {
			return err
		}
	}
	if !t.is("VALUES") {
		return d.skip()
	}
	if len(columns) == 0 {
		return fmt.Errorf("the columns of %s are told nowhere before its rows", name)
	}
	for {
		t, err := d.next()
		if err != nil {
			return err
		}
		switch t.kind {
		case '(':
			if err := d.values(name, columns, yield); err != nil {
				return err
			}
		case ',':
		case ';', 0:
			return nil
		default:
			return d.skip() // ON CONFLICT and the like
		}
	}
}

// values reads one row, after its parenthesis.
func (d *dump) values(name string, columns []string, yield func(row, error) bool) error {
	d.rows[name]++
	d.size = 0
	r := row{name, d.rows[name], make(map[string]string, len(columns))}
	i, depth := 0, 0
	for {
		t, err := d.next()
		if err != nil {
			return err
		}
		switch {
		case t.kind == 0:
			return tooShort(io.EOF)
		case t.kind == '(':
			depth++
		case t.kind == ')' && depth > 0:
			depth--
		case t.kind == ')':
			var fault error
			if i+1 != len(columns) {
				fault = &Fault{name, r.n, fmt.Errorf("it has %d values, and the table %d columns", i+1, len(columns))}
			}
			if !yield(r, fault) {
				return errStop
			}
			return nil
		case t.kind == ',' && depth == 0:
			i++
		case depth == 0 && i < len(columns) && !(t.kind == 'w' && t.is("NULL")):
			r.of[columns[i]] = t.text
		}
	}
}
