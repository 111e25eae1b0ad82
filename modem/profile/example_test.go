package profile_test

import (
	"fmt"

	"smsbridge/modem/profile"
)

// Which of a stick's ports to open, before anything is said to it.
func ExampleRoleOf() {
	id, err := profile.ParseID("2c7c:0125")
	if err != nil {
		fmt.Println(err)
		return
	}
	for number := range 4 {
		role, _ := profile.RoleOf(id, profile.Interface{Number: number})
		fmt.Println(number, role)
	}
	// Output:
	// 0 diagnostics
	// 1 GNSS
	// 2 AT primary
	// 3 AT secondary
}

// What to expect of a modem that has told its names.
func ExampleByName() {
	p := profile.ByName("huawei", "E1752")
	fmt.Println(p.Title, p.USSD[0], p.Reset)
	for _, q := range p.Quirks[1:2] {
		fmt.Printf("%s: %s\n", q.Sign, q.Words)
	}
	// Output:
	// Huawei E, K and MU series packed ^RESET
	// COMMAND NOT SUPPORT: it says so instead of ERROR
}

// A stick that has no port yet.
func ExampleStorage() {
	id, _ := profile.ParseID("12d1:1446")
	fmt.Println(profile.Storage(id))
	// Output: Huawei stick in CD-ROM mode true
}
