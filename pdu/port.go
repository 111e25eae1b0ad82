package pdu

import "encoding/binary"

// Ports are the programs that a message is from and for (3GPP TS 23.040, 9.2.3.24.3 and 9.2.3.24.4).
type Ports struct {
	Destination, Source uint16
	Wide                bool // the ports have 16 bits each
}

// Ports that this package knows by their use (WAP-259, 6.5 and appendix B).
const (
	PortPush       = 2948 // WAP-259, 6.5
	PortPushSecure = 2949 // WAP-259, 6.5
	PortVCard      = 9204 // WAP-259, appendix B
	PortVCalendar  = 9205 // WAP-259, appendix B
)

// Ports returns the ports of the header. Elements of a wrong length are ignored, and of several the
// last counts (3GPP TS 23.040, 9.2.3.24).
func (h UDH) Ports() (Ports, bool) {
	for i := len(h) - 1; i >= 0; i-- {
		switch e := h[i]; {
		case e.ID == IEPorts8 && len(e.Data) == 2:
			return Ports{Destination: uint16(e.Data[0]), Source: uint16(e.Data[1])}, true
		case e.ID == IEPorts16 && len(e.Data) == 4:
			return Ports{binary.BigEndian.Uint16(e.Data), binary.BigEndian.Uint16(e.Data[2:]), true}, true
		}
	}
	return Ports{}, false
}

// IE returns the element that says it (3GPP TS 23.040, 9.2.3.24.3 and 9.2.3.24.4). Of ports that are
// not wide, the low eight bits go out.
func (p Ports) IE() IE {
	if !p.Wide {
		return IE{ID: IEPorts8, Data: []byte{byte(p.Destination), byte(p.Source)}}
	}
	data := binary.BigEndian.AppendUint16(nil, p.Destination)
	return IE{ID: IEPorts16, Data: binary.BigEndian.AppendUint16(data, p.Source)}
}

func (p Ports) size() int {
	if p.Wide {
		return 4
	}
	return 2
}
