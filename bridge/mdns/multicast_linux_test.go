package mdns

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const inNamespace = "SMSBRIDGE_TEST_NAMESPACE"

// TestMulticast runs TestMulticast_inside in a network of its own, with an
// interface that has real multicast and reaches nobody.
func TestMulticast(t *testing.T) {
	lacking := func(what string) {
		if os.Getenv("SMSBRIDGE_TEST_ALL") == "1" {
			t.Fatal(what)
		}
		t.Skip(what)
	}
	if _, err := exec.LookPath("ip"); err != nil {
		lacking("no ip here (apt-get install iproute2): multicast was not tried")
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestMulticast_inside$", "-test.v")
	cmd.Env = append(os.Environ(), inNamespace+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	switch {
	case err != nil && len(out) == 0:
		lacking(fmt.Sprintf("this system lets nobody make a network namespace: %v", err))
	case strings.Contains(string(out), "--- SKIP"):
		lacking(string(out))
	case err != nil || !strings.Contains(string(out), "--- PASS"):
		t.Errorf("%v\n%s", err, out)
	}
}

func TestMulticast_inside(t *testing.T) {
	if os.Getenv(inNamespace) == "" {
		t.Skip("TestMulticast runs it")
	}
	nobody, stop := context.WithTimeout(t.Context(), time.Millisecond)
	if found, err := Find(nobody); err == nil {
		t.Errorf("in no network there was nobody to ask, and found is %v", found)
	}
	stop()
	for _, args := range []string{
		"link set lo up", "link add lan0 type veth peer name lan1", "link set lan0 up", "link set lan1 up", "addr add 10.9.0.1/24 dev lan0",
	} {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Skipf("ip %s: %v %s", args, err, out)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := desk.Run(ctx, slog.Default()); err != nil {
			t.Error(err)
		}
	})
	look, enough := context.WithTimeout(t.Context(), 3*time.Second)
	found, err := Find(look)
	enough()
	if err != nil || len(found) != 1 || found[0].Name != desk.Name || found[0].Addresses[0].String() != "10.9.0.1" {
		t.Errorf("found %+v, %v", found, err)
	}
	stop()
	running.Wait()
	look, enough = context.WithTimeout(t.Context(), 50*time.Millisecond)
	if found, err := Find(look); err != nil || len(found) != 0 { // control: it is the box that answers
		t.Errorf("after its end: %+v, %v", found, err)
	}
	enough()
}
