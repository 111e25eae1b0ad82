package profile

import (
	"fmt"
	"strings"
	"time"
)

// rules is where ModemManager keeps the ports of a maker's devices.
func rules(plugin string) string {
	return "ModemManager src/plugins/" + plugin + ", port rules"
}

const (
	discovery = "chan_quectel pdiscovery.c"
	qmodem    = "QModem modem_port_rule.json"
	gistE3372 = "gist aliicex/8bdade73; 4IceG/luci-app-3ginfo-lite #25"
	inferred  = "that the code of ^SETPORT is the protocol octet is inferred"
)

// classes are Huawei's. They hold for all its products.
var classes = []Class{
	{0x12d1, 0xff, 0x01, 0x01, Data, rules("huawei"), ""},
	{0x12d1, 0xff, 0x01, 0x02, Primary, rules("huawei"), ""}, // Huawei calls it PCUI
	{0x12d1, 0xff, 0x02, 0x01, Data, rules("huawei"), ""},
	{0x12d1, 0xff, 0x02, 0x02, Primary, rules("huawei"), ""},
	{0x12d1, 0xff, 0x01, 0x05, GNSS, rules("huawei") + " (MU609)", ""},
	{0x12d1, 0xff, 0x01, 0x14, GNSS, rules("huawei") + " (MU909)", ""},
	{0x12d1, 0xff, 0x06, 0x14, GNSS, rules("huawei") + " (MU906e)", ""},
	{0x12d1, 0xff, 0x01, 0x12, Primary, gistE3372, inferred}, // 4G PCUI
	{0x12d1, 0xff, 0x02, 0x12, Primary, gistE3372, inferred},
	{0x12d1, 0xff, 0x01, 0x10, Data, gistE3372, inferred}, // 4G modem
	{0x12d1, 0xff, 0x02, 0x10, Data, gistE3372, inferred},
	{0x12d1, 0xff, 0x01, 0x13, Diagnostics, gistE3372, inferred},
	{0x12d1, 0xff, 0x02, 0x13, Diagnostics, gistE3372, inferred},
}

// devices is the table, maker by maker.
var devices = join(
	huaweiDevices,
	zteDevices(),
	rows("simcom", "SIMCom SIM5320, SIM5360, SIM7000, SIM7100, SIM7600", rules("simtech"),
		"1e0e:9001 0:diag 1:gnss 2:at 3:at2 4:audio"),
	rows("simcom", "SIMCom SIM7070, SIM7080, SIM7090", rules("simtech"),
		"1e0e:9205 0:diag 1:gnss 2:at 3:ppp",
		"1e0e:9206 0:diag 1:gnss 2:at 3:no 4:no 5:ppp"),
	doubted("QModem says that AT is on interface 4 or 5",
		rows("simcom-a", "SIMCom A7600, A7602, A7670, A8200", rules("simtech")+"; "+qmodem,
			"1e0e:9011 2:no 4:at 5:ppp")),
	quectelDevices,
	ubloxDevices,
	rows("sierra", "Sierra Wireless MC74xx", rules("sierra"), "1199:9071 0:diag 2:gnss 3:at"),
	rows("sierra", "Sierra Wireless EM7455", rules("sierra"), "1199:9079 0:diag 2:gnss 3:at"),
	rows("sierra", "Sierra Wireless EM7565", rules("sierra"), "1199:9091 0:diag 2:gnss 3:at"),
	rows("sierra", "Sierra Wireless RC76", rules("sierra"), "1199:68c0 0:diag 2:gnss 3:at"),
	rows("sierra", "Sierra Wireless HL78xx", rules("sierra"), "1199:c001 0:at 2:ppp 4:gnss"),
	telitDevices,
	rows("cinterion", "Cinterion PHS8", rules("cinterion"), "1e2d:0053 1:gnss"),
	rows("cinterion", "Cinterion PLS8", rules("cinterion"), "1e2d:0061 0:ppp 2:at 4:gnss 6:no 8:no"),
	rows("cinterion", "Cinterion PLS62", rules("cinterion"),
		"1e2d:005b 0:at 2:at2 4:gnss 6:no 8:diag",
		"1e2d:005d 0:at 2:at2 4:gnss 6:no 8:diag"),
	rows("cinterion", "Cinterion PLS63", rules("cinterion"), "1e2d:0069 0:at 2:at2 4:gnss 6:diag"),
	rows("fibocom", "Fibocom L850", rules("fibocom"), "2cb7:0007 2:at 4:no 6:at2"),
	rows("fibocom", "Fibocom NL668", rules("fibocom"), "2cb7:01a0 2:at 3:at2 4:no"),
	rows("fibocom", "Fibocom FM150", rules("fibocom"), "2cb7:0104 0:diag 1:at 2:at2 3:no"),
	rows("fibocom", "Fibocom L610", rules("fibocom"),
		"1782:4d10 0:at 1:no 2:no 3:no 4:no 5:at2 6:at2",
		"1782:4d11 2:at 3:no 4:no 5:no 6:no 7:at2 8:at2"),
	rows("air724", "Luat Air724UG", qmodem+"; QModem PR #233", "1782:4e00 0:no 3:at"),
	noted("it leaves by itself and comes back as 1782:4e00",
		rows("air724", "Luat Air724UG while it boots", qmodem+"; QModem PR #233", "1782:4d12")),
)

var huaweiDevices = join(
	rows("huawei", "Huawei E1550 and others of the E series", rules("huawei")+"; "+discovery, "12d1:1001 2:at"),
	rows("huawei", "Huawei E17xx, E173", rules("huawei")+"; "+discovery, "12d1:140c 3:at"),
	rows("huawei", "Huawei E1750", rules("huawei")+"; "+discovery, "12d1:1436 4:at"),
	rows("huawei", "Huawei E1820, E153", rules("huawei")+"; "+discovery, "12d1:14ac 4:at"),
	rows("huawei", "Huawei sticks of the E series", rules("huawei"), "12d1:1406", "12d1:1c05"),
	noted("one ID, two layouts: AT is on interface 3 of an E171 and on the first tty of an E3372, so only class or probing tells",
		rows("huawei", "Huawei E171, E303, E3131, E3372 in stick mode", rules("huawei")+"; "+gistE3372, "12d1:1506")),
	noted("AT^GETPORTMODE crashes it",
		rows("huawei", "Huawei MU609", rules("huawei")+"; mm-plugin-huawei.c", "12d1:1573")),
	noted("shows storage or RNDIS first, and the option driver must be told its ID",
		rows("huawei", "Brovi E3372-325", "OpenWrt forum 153556", "3566:2001")),
)

// zteDevices: nearly all have a primary and a secondary AT port and nothing else that matters.
func zteDevices() (list []Device) {
	for _, group := range []struct{ ports, products string }{
		{"0:at 1:at2", "0003 0004 0005 0006 0007 0008 0009 000a"},
		{"0:at 2:at2", "0001 1515"},
		{"1:at 3:at2", "0015 0030 0054"},
		{"2:at 0:at2", "0064"},
		{"2:at 1:at2", "0016 0017 0018 0019 0117 0156"},
		{"2:at 4:at2", "0002 0012 0024 0025 0055"},
		{"3:at 1:at2", "0021 0031 0037 0039 0042 0052 0057 0058 0061 0063 0066 0078 0082 0104 0106 0108 " +
			"0122 0123 1007 1008 1010 1254 1268 2002 2003"},
		{"3:at 2:at2", "0043"},
		{"4:at 1:at2", "0033 0091 0113 0118 0121 0124 0126 0128"},
		{"4:at 2:at2", "0048 0049"},
		{"5:at 1:at2", "0125"},
	} {
		for product := range strings.FieldsSeq(group.products) {
			list = append(list, rows("zte", "ZTE MF series", rules("zte"), "19d2:"+product+" "+group.ports)...)
		}
	}
	return list
}

const quectelPorts = " 0:diag 1:gnss 2:at 3:at2"

var quectelDevices = join(
	rows("quectel", "Quectel EC21", rules("quectel"), "2c7c:0121"+quectelPorts),
	rows("quectel", "Quectel EC25, EG25", rules("quectel"), "2c7c:0125"+quectelPorts),
	rows("quectel", "Quectel EG91", rules("quectel"), "2c7c:0191"+quectelPorts),
	rows("quectel", "Quectel EG95", rules("quectel"), "2c7c:0195"+quectelPorts),
	rows("quectel", "Quectel EG06", rules("quectel"), "2c7c:0306"+quectelPorts),
	rows("quectel", "Quectel EG12", rules("quectel"), "2c7c:0512"+quectelPorts),
	rows("quectel-bg", "Quectel BG96", rules("quectel"), "2c7c:0296"+quectelPorts),
	rows("quectel", "Quectel RM500", rules("quectel"), "2c7c:0800"+quectelPorts),
	rows("quectel", "Quectel RM520", rules("quectel"), "2c7c:0801"+quectelPorts),
	rows("quectel", "Quectel EM060K", rules("quectel"), "2c7c:0128 5:at"),
	doubted("no role of its three ttys is known",
		rows("quectel-bg", "Quectel BG95, BG77", "Sixfab_PPP_Installer #24", "2c7c:0700")),
)

var ubloxDevices = join(
	rows("ublox", "u-blox LISA-U2, SARA-U2", rules("ublox"),
		"1546:1102 0:at 2:at2 4:at2 6:no 8:no 10:no 12:no",
		"1546:1104 0:at 2:no 4:no 6:no"),
	rows("ublox", "u-blox TOBY-R2", rules("ublox"), "1546:1107 0:at 2:at2 4:at2 6:no 8:no 10:no"),
	rows("ublox", "u-blox LARA-R2", rules("ublox"), "1546:110a 0:at 2:at2 4:at2 6:no 8:no 10:no"),
	slow(20*time.Second, rows("ublox", "u-blox TOBY-L2", rules("ublox"), "1546:1141", "1546:1143", "1546:1146")),
	slow(20*time.Second, rows("ublox", "u-blox TOBY-L4", rules("ublox"), "1546:1010 2:no 4:no 6:at 8:no")),
	rows("ublox", "u-blox LARA-R6", rules("ublox"), "05c6:908b 0:no 1:at 2:at2 3:no"),
)

var telitDevices = join(
	rows("telit", "Telit LE910C1", rules("telit"),
		"1bc7:1031 0:diag 1:at 2:at2",
		"1bc7:1033 0:diag 1:at 2:at2"),
	rows("telit", "Telit LE910Cx", rules("telit"),
		"1bc7:1201 0:diag 3:gnss 4:at 5:at2 6:no",
		"1bc7:1204 0:diag 4:gnss 5:at 6:at2 7:no"),
	rows("telit", "Telit ME910C1", rules("telit"), "1bc7:1101 0:diag 1:at 2:at2"),
	rows("telit", "Telit ME910G1", rules("telit"), "1bc7:110a 0:diag 1:at 2:at2"),
	slow(14*time.Second, rows("telit", "Telit LE922, LM940, LM960", rules("telit"),
		"1bc7:1040 0:diag 3:no 4:at 5:at2 6:no",
		"1bc7:1041 0:diag 4:no 5:at 6:at2 7:no")),
)

// others are the rows that no USB ID tells.
var others = []Device{
	{Family: "simcom-2g", Title: "SIMCom SIM800, SIM868, SIM900", Source: "lwcell #7; smstools3 doc/configure.html",
		Note: "on a UART: the Pi's, or a CH340, CP210x or PL2303 adapter, whose ID says nothing of the modem"},
	{Family: "quectel-m", Title: "Quectel M26, M35, M95", Source: "warthog618/modem #17; Quectel forum 18493", Note: "on a UART"},
	{Family: "neoway", Title: "Neoway M590", Source: "smstools3 doc/configure.html", Note: "on a UART",
		Doubt: "no USB table was found"},
	{Family: "wavecom", Title: "Wavecom and Falcom modems", Source: "python-gsmmodem test/fakemodems.py", Note: "on a UART"},
	{Family: "air724", Title: "Luat Air780E, Air780EP", Source: "sms_forwarder_air780_esp32 #2; uart_sms_forwarder #9",
		Note:  "speaks AT only with AT firmware; LuatOS has a Lua protocol of its own on the third ACM port",
		Doubt: "no ID and no conversation were found"},
	{Family: "zte", Title: "ZTE MF823, MF833", Source: "gammu #310; vintage_net_mobile PR #120",
		Note: "network devices: AT only in factory mode, and commands for messages fail there; no use as a line"},
}

// storages are sticks before usb_modeswitch. Those ID that one stick has as storage and another as a
// modem (19d2:1007) are left out: a tty decides.
var storages = join(
	rows("huawei", "Huawei stick in CD-ROM mode", "usb-modeswitch-data usb_modeswitch.d",
		"12d1:1446", "12d1:14ad", "12d1:14c1", "12d1:14c3", "12d1:14c4", "12d1:14d1", "12d1:14fe",
		"12d1:1520", "12d1:1521", "12d1:1f01"),
	rows("zte", "ZTE stick in CD-ROM mode", "usb-modeswitch-data usb_modeswitch.d",
		"19d2:0040", "19d2:0053", "19d2:0101", "19d2:2000"),
)

func join(lists ...[]Device) (all []Device) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

var roleWords = map[string]Role{
	"at": Primary, "at2": Secondary, "ppp": Data, "diag": Diagnostics, "gnss": GNSS, "audio": Audio, "no": Ignore,
}

// rows reads lines such as "2c7c:0125 0:diag 2:at". A line that cannot be read is a slip of the pen in
// this file, which no program can go on from.
func rows(family, title, source string, lines ...string) (list []Device) {
	for _, text := range lines {
		fields := strings.Fields(text)
		id, err := ParseID(fields[0])
		if err != nil {
			panic(err)
		}
		d := Device{ID: id, Family: family, Title: title, Source: source}
		for _, f := range fields[1:] {
			var p Port
			var word string
			if _, err := fmt.Sscanf(f, "%d:%s", &p.Number, &word); err != nil || roleWords[word] == Unknown {
				panic(fmt.Sprintf("port %q of %s", f, fields[0]))
			}
			p.Role = roleWords[word]
			d.Ports = append(d.Ports, p)
		}
		list = append(list, d)
	}
	return list
}

func each(list []Device, change func(*Device)) []Device {
	for i := range list {
		change(&list[i])
	}
	return list
}

func doubted(words string, list []Device) []Device {
	return each(list, func(d *Device) { d.Doubt = words })
}

func noted(words string, list []Device) []Device {
	return each(list, func(d *Device) { d.Note = words })
}

func slow(wait time.Duration, list []Device) []Device {
	return each(list, func(d *Device) { d.Wait = wait })
}
