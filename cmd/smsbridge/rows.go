package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"smsbridge/storage"
)

// rowsFile is a file of people to write to: CSV with a line of column names, a
// number on each line, or JSON Lines of flat objects.
type rowsFile struct {
	file     string
	columns  map[string]string // of the file to ours
	validate bool
	skip     bool
}

func (r *rowsFile) flags(cmd *cobra.Command, verb string) {
	f := cmd.Flags()
	f.StringVar(&r.file, "file", "", "people to "+verb+": CSV with column names, a number on each line, or JSON Lines; - is stdin")
	f.StringToStringVar(&r.columns, "map", nil, "COLUMN=FIELD of the file: number, contact, or the name of a field of the text (default: by their names)")
	f.BoolVar(&r.validate, "validate-only", false, "read and check the file, and change nothing")
	f.BoolVar(&r.skip, "continue-on-error", false, "leave rows out that cannot be taken, and tell them")
}

// usual are column names that say a number though they are called otherwise.
var usual = []string{"number", "phone", "mobile", "to", "msisdn", "phone_number", "mobile_number"}

// field is what a column of the file is for us.
func (r *rowsFile) field(column string) string {
	if to, ok := r.columns[column]; ok {
		return to
	}
	name := strings.ToLower(strings.Join(strings.Fields(column), "_"))
	if slices.Contains(usual, name) && !r.mapsTo("number") {
		return "number"
	}
	return name
}

func (r *rowsFile) mapsTo(field string) bool {
	for _, to := range r.columns {
		if to == field {
			return true
		}
	}
	return false
}

// read reads the whole file. Rows that cannot be taken end it, or are left out
// and told to warn.
func (r *rowsFile) read(in io.Reader, warn io.Writer) ([]storage.Row, error) {
	if r.file != "-" {
		f, err := os.Open(r.file)
		if err != nil {
			return nil, fail(exitUsage, "file: %w", err)
		}
		defer f.Close()
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, maxRows+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxRows {
		return nil, fail(exitUsage, "file: it has more than %d MB; divide it", maxRows>>20)
	}
	parse := r.csv
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		parse = r.jsonl
	}
	var rows []storage.Row
	err = parse(text, func(line int, values map[string]string) error {
		row := storage.Row{Number: values["number"], Contact: values["contact"]}
		delete(values, "number")
		delete(values, "contact")
		for name, v := range values {
			if strings.TrimSpace(v) == "" {
				delete(values, name) // the contact's own, then
			}
		}
		if row.Values = values; len(values) == 0 {
			row.Values = nil
		}
		err := row.Check()
		e, refused := errors.AsType[*storage.Error](err)
		switch {
		case refused && r.skip:
			fmt.Fprintf(warn, "line %d is left out: %s\n", line, e.Detail)
		case refused:
			return fail(exitUsage, "file: line %d: %s", line, e.Detail)
		default:
			rows = append(rows, row)
		}
		return nil
	})
	if err == nil && len(rows) == 0 {
		err = fail(exitUsage, "file: there are no people in it")
	}
	return rows, err
}

// maxRows is the most that is read of a file, in bytes.
const maxRows = 64 << 20

// csv reads records with column names; what divides them is what divides the
// names.
func (r *rowsFile) csv(text []byte, do func(line int, values map[string]string) error) error {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	head, _, _ := bytes.Cut(text, []byte("\n"))
	reader := csv.NewReader(bytes.NewReader(text))
	for _, d := range []rune{';', '\t'} {
		if bytes.ContainsRune(head, d) && !bytes.ContainsRune(head, ',') {
			reader.Comma = d
		}
	}
	names, err := reader.Read()
	if err != nil {
		return fail(exitUsage, "file: %w", err)
	}
	if len(names) == 1 && isNumber(names[0]) { // nothing but numbers, and no name above them
		reader, names = csv.NewReader(bytes.NewReader(text)), []string{"number"}
	}
	for column := range r.columns {
		if !slices.Contains(names, column) {
			return fail(exitUsage, "map: there is no column %q; these are: %s", column, strings.Join(names, ", "))
		}
	}
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		line, _ := reader.FieldPos(0)
		if err != nil {
			return fail(exitUsage, "file: %w", err)
		}
		values := make(map[string]string)
		for i, v := range record {
			values[r.field(names[i])] = v
		}
		if err := do(line, values); err != nil {
			return err
		}
	}
}

// isNumber tells whether somebody wrote a phone number, rightly or not.
func isNumber(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.Trim(s, "+0123456789 ()-./") == ""
}

// jsonl reads an object on each line.
func (r *rowsFile) jsonl(text []byte, do func(line int, values map[string]string) error) error {
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var object map[string]any
		if err := json.Unmarshal(lines.Bytes(), &object); err != nil {
			return fail(exitUsage, "file: line %d: %w", n, err)
		}
		values := make(map[string]string)
		for name, v := range object {
			switch v := v.(type) {
			case string:
				values[r.field(name)] = v
			case nil:
			case float64, bool:
				values[r.field(name)] = fmt.Sprint(v)
			default:
				return fail(exitUsage, "file: line %d: %s is neither text nor number", n, name)
			}
		}
		if err := do(n, values); err != nil {
			return err
		}
	}
	return lines.Err()
}

// pieces divides rows into what one request takes.
func pieces(rows []storage.Row, do func([]storage.Row) error) error {
	for piece := range slices.Chunk(rows, storage.MostRows) {
		if err := do(piece); err != nil {
			return err
		}
	}
	return nil
}
