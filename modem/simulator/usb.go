package simulator

// USB is how a modem shows itself on the bus.
type USB struct {
	Vendor, Product string // hex, four digits
	Maker, Title    string // manufacturer and product in words
	Serial          string // default one that many sticks share
	Storage         string // the product in its storage mode, empty if it has none
	ACM             bool   // its ports are called ttyACM, not ttyUSB
	Ports           []USBPort
}

// USBPort is an interface with a tty.
type USBPort struct {
	Interface                 int
	Role                      Role
	Class, Subclass, Protocol string // hex
}

// Role is what a port is for.
type Role string

const (
	PortAT   Role = "at"   // the one that gets the URCs
	PortAT2  Role = "at2"  // answers too, and is told nothing of its own accord
	PortDiag Role = "diag" // says nothing
	PortNMEA Role = "nmea" // says where it is, and hears nothing
	PortDumb Role = "dumb" // audio and the like: says nothing
)
