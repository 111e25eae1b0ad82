// Package mdns lets desks find a box on their network without being told its
// address: the box answers for the service _smsbridge._tcp (RFC 6763) and for
// names of its own below .local, by multicast DNS (RFC 6762), and Find asks for
// such boxes.
//
// What is said here anybody on the network could say. It tells where a box may
// be, never that it is the right one; that is what the box's certificate is for.
//
// It is as small as the task: IPv4 multicast on every interface that has it, the
// records of one service, no cache, no names of others. It does not probe for its
// names (RFC 6762, 8.1), since they carry the box's own id; so only names that
// nobody else has may be given to it. We do not use a library: the one that is
// best known hears one interface only, answers neither legacy queries nor known
// answers as RFC 6762 has it, says no goodbye, logs a line for every packet that
// anybody sends wrong, and does not wait for what it has started.
//
// Start with Service.Run and Find.
package mdns

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// group is where everybody speaks (RFC 6762, 3).
var group = &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: port}

const port = 5353

// How long others may keep what they heard (RFC 6762, 10).
const (
	hostTime   = 120 * time.Second // what holds an address
	otherTime  = 75 * time.Minute
	legacyTime = 10 * time.Second // 6.7
)

// Type is the service's (RFC 6763, 7).
const Type = "_smsbridge._tcp"

var (
	serviceName = name{"_smsbridge", "_tcp", "local"}
	browseName  = name{"_services", "_dns-sd", "_udp", "local"} // RFC 6763, 9
)

// Service is what a box says of itself.
type Service struct {
	Name  string   // for people; unique on the network, at most 63 octets
	Hosts []string // names below .local that nobody else has, such as smsbridge-xvzp.local; the first is where the service is
	Port  int
	Text  []string // "key=value" (RFC 6763, 6)
}

// records are what the service says by an interface with these addresses.
func (s Service) records(addresses []netip.Addr) []record {
	instance := append(name{s.Name}, serviceName...)
	all := []record{
		{name: browseName, kind: kindPTR, time: otherTime, target: serviceName},
		{name: serviceName, kind: kindPTR, time: otherTime, target: instance},
		{name: instance, kind: kindSRV, time: hostTime, flush: true, port: uint16(s.Port), target: split(s.Hosts[0])},
		{name: instance, kind: kindTXT, time: otherTime, flush: true, text: s.Text},
	}
	for _, host := range s.Hosts {
		for _, at := range addresses {
			kind := kindA
			if at.Is6() {
				kind = kindAAAA
			}
			all = append(all, record{name: split(host), kind: kind, time: hostTime, flush: true, address: at})
		}
	}
	return all
}

// answer is what the service says to a query, and whether it says anything. The
// records that answer come first; those that spare the next question are beside
// them (RFC 6763, 12).
func (s Service) answer(q message, addresses []netip.Addr, legacy bool) (message, bool) {
	if q.response || q.opcode != 0 {
		return message{}, false // RFC 6762, 18.3
	}
	all := s.records(addresses)
	a := message{response: true}
	for _, asked := range q.questions {
		for _, r := range all {
			if asked.asks(r) && !known(q.answers, r) && !contains(a.answers, r) {
				a.answers = append(a.answers, r)
			}
		}
	}
	if len(a.answers) == 0 {
		return message{}, false
	}
	for _, r := range all {
		if leads(a.answers, all, r) && !contains(a.answers, r) {
			a.more = append(a.more, r)
		}
	}
	if legacy { // RFC 6762, 6.7: as an ordinary server of names
		a.id, a.questions = q.id, q.questions
		a.answers, a.more = forLegacy(a.answers), forLegacy(a.more)
	}
	return a, true
}

// leads tells whether a record is one that the answers lead to: the service's own,
// if it was browsed for, and its addresses.
func leads(answers, all []record, r record) bool {
	for _, a := range answers {
		if len(a.target) == 0 || a.name.same(browseName) {
			continue
		}
		if r.name.same(a.target) {
			return true
		}
		for _, between := range all {
			if between.name.same(a.target) && between.kind == kindSRV && r.name.same(between.target) {
				return true
			}
		}
	}
	return false
}

// known tells whether the asker has a record already, for at least half its time
// (RFC 6762, 7.1).
func known(answers []record, r record) bool {
	return slices.ContainsFunc(answers, func(k record) bool { return k.same(r) && k.time >= r.time/2 })
}

func contains(records []record, r record) bool { return slices.ContainsFunc(records, r.same) }

func forLegacy(records []record) []record {
	short := slices.Clone(records)
	for i := range short {
		short[i].time, short[i].flush = min(short[i].time, legacyTime), false
	}
	return short
}

// split makes labels of a host's name.
func split(host string) name { return strings.Split(strings.TrimSuffix(host, "."), ".") }
