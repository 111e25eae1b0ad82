package profile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// roles is the table of device.go once more, typed by role instead of by device from the notes on the
// families, so that a slip of the pen in either shows. An interface is vendor:product/number.
var roles = map[Role]string{
	Primary: `
		12d1:1001/2 12d1:140c/3 12d1:1436/4 12d1:14ac/4
		19d2:0031/3 19d2:0117/2 19d2:0016/2 19d2:2002/3 19d2:2003/3 19d2:0124/4
		1e0e:9001/2 1e0e:9205/2 1e0e:9206/2 1e0e:9011/4
		2c7c:0121/2 2c7c:0125/2 2c7c:0191/2 2c7c:0195/2 2c7c:0306/2 2c7c:0512/2 2c7c:0296/2 2c7c:0800/2
		2c7c:0801/2 2c7c:0128/5
		1546:1102/0 1546:1104/0 1546:110a/0 1546:1107/0 1546:1010/6 05c6:908b/1
		1199:9071/3 1199:9079/3 1199:9091/3 1199:68c0/3 1199:c001/0
		1bc7:1031/1 1bc7:1033/1 1bc7:1201/4 1bc7:110a/1 1bc7:1040/4
		1e2d:0061/2 1e2d:005b/0 1e2d:0069/0
		2cb7:0007/2 2cb7:01a0/2 2cb7:0104/1 1782:4d10/0 1782:4d11/2 1782:4e00/3`,
	Secondary: `
		19d2:0117/1 1e0e:9001/3 2c7c:0121/3 2c7c:0125/3 2c7c:0191/3 2c7c:0195/3 2c7c:0306/3 2c7c:0512/3
		2c7c:0296/3 2c7c:0800/3 2c7c:0801/3 1546:1102/2 1546:1102/4 1546:110a/2 1546:110a/4 1546:1107/2
		1546:1107/4 05c6:908b/2 1bc7:1201/5`,
	Data: `1e0e:9205/3 1e0e:9206/5 1e0e:9011/5 1199:c001/2 1e2d:0061/0`,
	Diagnostics: `
		1e0e:9001/0 2c7c:0121/0 2c7c:0125/0 2c7c:0191/0 2c7c:0195/0 2c7c:0306/0 2c7c:0512/0 2c7c:0296/0
		2c7c:0800/0 2c7c:0801/0 1199:9071/0 1199:9079/0 1199:9091/0 1199:68c0/0`,
	GNSS: `
		1e0e:9001/1 2c7c:0121/1 2c7c:0125/1 2c7c:0191/1 2c7c:0195/1 2c7c:0306/1 2c7c:0512/1 2c7c:0296/1
		2c7c:0800/1 2c7c:0801/1 1199:9071/2 1199:9079/2 1199:9091/2 1199:68c0/2 1e2d:0053/1`,
	Audio:  `1e0e:9001/4`,
	Ignore: `1e0e:9011/2 1546:1102/6 1546:110a/6 1546:1107/6 1782:4e00/0`,
}

// unlisted are the IDs that are known and whose AT port is not: they are probed.
const unlisted = "12d1:1406 12d1:1506 12d1:1c05 12d1:1573 3566:2001 2c7c:0700 1546:1141 1546:1143 1546:1146 1e2d:0053 1782:4d12"

func at(t testing.TB, place string) (ID, Interface) {
	t.Helper()
	name, number, _ := strings.Cut(place, "/")
	id, err := ParseID(name)
	n, numberErr := strconv.Atoi(number)
	if err != nil || numberErr != nil {
		t.Fatal(place, err, numberErr)
	}
	return id, Interface{Number: n, Class: 0xff}
}

// differences says where the roles told differ from the table above.
func differences(t testing.TB, tell func(ID, Interface) (Role, bool)) (list []string) {
	for role, places := range roles {
		for place := range strings.FieldsSeq(places) {
			if got, ok := tell(at(t, place)); got != role || !ok {
				list = append(list, fmt.Sprintf("%s: %v, %v, want %v", place, got, ok, role))
			}
		}
	}
	return list
}

func TestRoleOf(t *testing.T) {
	for _, d := range differences(t, RoleOf) {
		t.Error(d)
	}
	for name := range strings.FieldsSeq(unlisted) {
		id, i := at(t, name+"/7")
		if role, ok := RoleOf(id, i); ok {
			t.Errorf("%s: interface 7 is %v, want to be told to probe", name, role)
		}
	}
	if role, ok := RoleOf(ID{0x2c7c, 0x0125}, Interface{Number: 4}); role != Unknown || !ok {
		t.Errorf("an interface beside a known AT port: %v, %v, want it left alone", role, ok)
	}
	if _, ok := RoleOf(ID{0x0403, 0x6001}, Interface{}); ok {
		t.Error("an adapter of anybody's is known")
	}
	t.Run("negative control", func(t *testing.T) {
		slip := func(id ID, i Interface) (Role, bool) {
			if id == (ID{0x2c7c, 0x0125}) && i.Number == 2 {
				i.Number = 3
			}
			return RoleOf(id, i)
		}
		if d := differences(t, slip); len(d) != 1 {
			t.Errorf("one planted slip was answered with %q", d)
		}
	})
}

// TestRoleOfClass: Huawei's layouts differ under one ID, so class, subclass and protocol come first.
func TestRoleOfClass(t *testing.T) {
	for _, c := range []struct {
		name                      string
		number                    int
		class, subclass, protocol uint8
		want                      Role
		ok                        bool
	}{
		{"12d1:1506", 0, 255, 2, 18, Primary, true}, // an E3372: 12,1,16
		{"12d1:1506", 1, 255, 2, 1, Data, true},
		{"12d1:1506", 3, 255, 1, 2, Primary, true}, // an E171
		{"12d1:1506", 0, 255, 1, 1, Data, true},
		{"12d1:1506", 2, 255, 1, 3, Unknown, false},
		{"12d1:1001", 2, 255, 1, 1, Data, true}, // against the number
		{"12d1:1001", 2, 255, 255, 255, Primary, true},
		{"12d1:1001", 0, 255, 255, 255, Unknown, true},
		{"12d1:1573", 4, 255, 1, 5, GNSS, true},
		{"12d1:ffff", 0, 255, 2, 2, Primary, true}, // no row of its own
		{"12d1:1506", 0, 255, 2, 16, Data, true},
		{"12d1:1506", 0, 255, 2, 19, Diagnostics, true},
		{"2c7c:0125", 0, 255, 1, 2, Diagnostics, true}, // not Huawei's
	} {
		id, err := ParseID(c.name)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := RoleOf(id, Interface{c.number, c.class, c.subclass, c.protocol})
		if got != c.want || ok != c.ok {
			t.Errorf("%s interface %d, %02x/%02x/%02x: %v, %v, want %v, %v",
				c.name, c.number, c.class, c.subclass, c.protocol, got, ok, c.want, c.ok)
		}
	}
}

// faults says what is wrong with a table of devices.
func faults(list []Device) (wrong []string) {
	seen := make(map[ID]bool)
	for _, d := range list {
		complain := func(what string) { wrong = append(wrong, fmt.Sprintf("%v %s: %s", d.ID, d.Title, what)) }
		if seen[d.ID] && d.ID != (ID{}) {
			complain("stands there twice")
		}
		seen[d.ID] = true
		if d.Source == "" {
			complain("has no source")
		}
		if d.Title == "" {
			complain("has no title")
		}
		if _, ok := Named(d.Family); !ok {
			complain("no such family: " + d.Family)
		}
		numbers := make(map[int]bool)
		for _, p := range d.Ports {
			if numbers[p.Number] || p.Number < 0 || p.Number > 31 {
				complain(fmt.Sprintf("interface %d", p.Number))
			}
			numbers[p.Number] = true
		}
		if n := count(d.Ports, Primary); n > 1 {
			complain(fmt.Sprintf("%d ports to use", n))
		}
	}
	return wrong
}

func count(ports []Port, role Role) (n int) {
	for _, p := range ports {
		if p.Role == role {
			n++
		}
	}
	return n
}

func TestDevices(t *testing.T) {
	all := slices.Concat(Devices(), storages)
	for _, f := range slices.Concat(faults(all), faults(Others())) {
		t.Error(f)
	}
	if n := len(Devices()); n < 110 {
		t.Errorf("only %d devices", n)
	}
	t.Run("negative control", func(t *testing.T) {
		planted := slices.Concat(all, []Device{
			{ID: ID{0x2c7c, 0x0125}, Family: "quectel", Title: "again", Source: "nobody", Ports: []Port{{2, Secondary}}},
			{ID: ID{1, 1}, Family: "quectel", Title: "no source"},
			{ID: ID{1, 2}, Family: "nobody's", Title: "no family", Source: "nobody"},
			{ID: ID{1, 3}, Family: "zte", Title: "two to use", Source: "nobody", Ports: []Port{{1, Primary}, {2, Primary}}},
		})
		if n := len(faults(planted)); n != 4 {
			t.Errorf("four planted faults were answered with %q", faults(planted))
		}
	})
	for _, c := range Classes() {
		if c.Source == "" || c.Role == Unknown {
			t.Errorf("%+v", c)
		}
	}
}

// TestSlips: a row that cannot be read is found when the program starts, not when the stick is plugged in.
func TestSlips(t *testing.T) {
	for _, text := range []string{"2c7c:125 0:at", "2c7c:0125 x:at", "2c7c:0125 2:aT", "2c7c:0125 at"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q is a row", text)
				}
			}()
			rows("quectel", "", "", text)
		}()
	}
}

func TestByUSB(t *testing.T) {
	for name, want := range map[string]string{
		"2c7c:0125": "quectel", "2c7c:0296": "quectel-bg", "1e0e:9001": "simcom", "1e0e:9011": "simcom-a",
		"12d1:1506": "huawei", "19d2:0031": "zte", "05c6:908b": "ublox", "1782:4e00": "air724", "1782:4d10": "fibocom",
	} {
		id, _ := ParseID(name)
		if p, ok := ByUSB(id); !ok || p.Name != want || p.Signal == nil {
			t.Errorf("%s: %q, %v, want %q", name, p.Name, ok, want)
		}
	}
	if p, ok := ByUSB(ID{0x0403, 0x6001}); ok {
		t.Errorf("an adapter is a modem: %+v", p)
	}
}

func TestStorage(t *testing.T) {
	for name, want := range map[string]bool{
		"12d1:1446": true, "12d1:14fe": true, "12d1:1f01": true, "19d2:2000": true,
		"12d1:1506": false, "19d2:1007": false, "0781:5567": false,
	} {
		id, _ := ParseID(name)
		if title, ok := Storage(id); ok != want || ok != (title != "") {
			t.Errorf("%s: %q, %v", name, title, ok)
		}
	}
}

func TestParseID(t *testing.T) {
	if id, err := ParseID("2c7c:0125"); err != nil || id != (ID{0x2c7c, 0x0125}) || id.String() != "2c7c:0125" {
		t.Error(id, err)
	}
	for _, s := range []string{"", "2c7c", "2c7c:", "2c7c:125", "2c7c:01255", "2c7c:012g", "2c7c:0125:1", "+c7c:0125"} {
		if id, err := ParseID(s); err == nil {
			t.Errorf("%q is %v", s, id)
		}
	}
}

func TestRole(t *testing.T) {
	seen := make(map[string]bool)
	for r := Unknown; r <= Ignore; r++ {
		if seen[r.String()] || r.String() == "" {
			t.Errorf("%d is called %q", r, r)
		}
		seen[r.String()] = true
	}
	if s := Role(200).String(); s != "unknown" {
		t.Error(s)
	}
}
