package pdu

import "fmt"

// Command asks the service centre about a message that it has, or to do something with it
// (3GPP TS 23.040, 9.2.2.4).
type Command struct {
	SRR  bool // a status report is asked for
	MR   uint8
	PID  byte
	CT   CommandType
	MN   uint8 // the reference of the message meant
	DA   Address
	Data UserData // TP-CD; octets
}

// CommandType is TP-CT (3GPP TS 23.040, 9.2.3.19). Kept as received.
type CommandType uint8

// The commands of 3GPP TS 23.040, 9.2.3.19.
const (
	Enquire      CommandType = iota // what became of the message
	CancelReport                    // no status report any more
	DeleteSubmit                    // forget the message
	EnableReport                    // a status report after all
)

// String says the command in words (3GPP TS 23.040, 9.2.3.19).
func (c CommandType) String() string {
	switch {
	case c <= EnableReport:
		return [...]string{"enquire about a message", "cancel the status report of a message", "delete a message",
			"enable the status report of a message"}[c]
	case c >= 0xE0:
		return fmt.Sprintf("a command of this service centre (0x%02X)", byte(c))
	}
	return fmt.Sprintf("reserved command 0x%02X", byte(c))
}

// MessageType returns TypeCommand (3GPP TS 23.040, 9.2.2.4).
func (*Command) MessageType() MessageType { return TypeCommand }

// maxCommand is what TP-CD can hold (3GPP TS 23.040, 9.2.3.21).
const maxCommand = 157

func (r *reader) command(first byte) *Command {
	r.warn(first&0x9C != 0, ReservedBits)
	c := &Command{SRR: first&bitSRI != 0}
	c.MR = r.octet("TP-MR")
	c.PID = r.octet("TP-PID")
	c.CT = CommandType(r.octet("TP-CT"))
	c.MN = r.octet("TP-MN")
	c.DA = r.address("TP-DA")
	r.most = maxCommand
	c.Data = r.data("TP-CDL", "TP-CD", DCSData8, first&bitUDHI != 0)
	r.end()
	return c
}

// Append writes the octets of the command (3GPP TS 23.040, 9.2.2.4).
func (c *Command) Append(dst []byte) ([]byte, error) {
	first := 0x02 | bit(c.SRR, bitSRI) | bit(len(c.Data.UDH) > 0, bitUDHI)
	dst = append(dst, first, c.MR, c.PID, byte(c.CT), c.MN)
	dst, err := c.DA.append(dst, "TP-DA")
	if err != nil {
		return dst, err
	}
	return c.Data.append(dst, DCSData8, maxCommand)
}
