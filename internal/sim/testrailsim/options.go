package testrailsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Option describes one switch to a command line: a name fit for a flag, a help text, and the values it takes, the
// default first. A value in capitals stands for a number or a duration.
type Option struct {
	Name   string
	Usage  string
	Values []string
}

// Options lists all switches in the order in which they are documented.
func Options() []Option {
	var s Switches
	var out []Option
	for _, b := range s.bindings() {
		out = append(out, b.Option)
	}
	return out
}

// Set sets the named switch from text. It returns an error for an unknown name or value and leaves s as it was then.
// "fault" adds rules (several are separated by commas); the value "none" removes all of them.
func (s *Switches) Set(name, value string) error {
	for _, b := range s.bindings() {
		if b.Name != name {
			continue
		}
		if err := b.set(value); err != nil {
			return fmt.Errorf("switch %s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("switch %s: unknown name", name)
}

// Get returns the named switch as text, in the form that Set takes; "" for an unknown name.
func (s *Switches) Get(name string) string {
	for _, b := range s.bindings() {
		if b.Name == name {
			return b.get()
		}
	}
	return ""
}

// MarshalJSON writes the switches that are not at their default, by name.
func (s Switches) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for _, b := range s.bindings() {
		v := b.get()
		if v == b.Values[0] {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = appendJSONString(out, b.Name, true)
		out = append(out, ':')
		out = appendJSONString(out, v, true)
	}
	return append(out, '}'), nil
}

// UnmarshalJSON sets the switches named in the object; the others get their default.
func (s *Switches) UnmarshalJSON(data []byte) error {
	var values map[string]string
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&values); err != nil {
		return fmt.Errorf("switches: %w", err)
	}
	var fresh Switches
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if err := fresh.Set(name, values[name]); err != nil {
			return err
		}
	}
	*s = fresh
	return nil
}

// binding ties an option to the field that it sets.
type binding struct {
	Option
	get func() string
	set func(string) error
}

// bindings is the one table behind flags, snapshots and help. The order is that of Switches' documentation.
func (s *Switches) bindings() []binding {
	return []binding{
		choice(&s.Version, "version", "TestRail version to imitate", "cloud-2026", "9.3.1", "8.0", "7.5", "7.3", "7.0", "6.6"),
		choice(&s.Edition, "edition", "licence of the instance", "professional", "enterprise"),
		choice(&s.UserList, "user-list", "shape of get_users", "version", "envelope", "array"),
		choice(&s.OtherLists, "other-lists", "shape of get_groups, get_roles and get_projects", "version", "envelope", "array"),
		choice(&s.UserOrder, "user-order", "order of get_users", "id", "name", "id-descending"),
		toggle(&s.ShortCurrentUser, "current-user", "record of get_current_user", "full", "short"),
		toggle(&s.MFABool, "mfa-required", "encoding of mfa_required", "int", "bool"),
		toggle(&s.RoleIDString, "role-id", "encoding of role_id", "int", "string"),
		toggle(&s.NoProjectAdminField, "is-project-admin", "field of get_roles on professional", "present", "absent"),
		toggle(&s.PlainJSON, "json", "escaping of JSON text", "php", "plain"),
		toggle(&s.GroupIDInBodyOptional, "group-id-in-body", "update_group needs group_id in its body", "yes", "no"),
		toggle(&s.UserIDInBodyNeeded, "user-id-in-body", "update_user needs user_id in its body", "no", "yes"),
		toggle(&s.AddUserActive, "add-user-active", "add_user without is_active", "false", "true"),
		toggle(&s.MergeGroupIDs, "user-group-ids", "group_ids of update_user", "replace", "merge"),
		toggle(&s.EmailCaseSensitive, "duplicate-email", "addresses that count as duplicates", "case-insensitive", "case-sensitive"),
		toggle(&s.TakenEmailAllowed, "taken-email", "add_user with the address of another account", "400", "allow"),
		toggle(&s.UniqueGroupNames, "duplicate-group-name", "a second group of a name", "allow", "400"),
		choice(&s.InactiveMember, "inactive-member", "an inactive account in a group", "allow", "drop", "400", "400-new"),
		toggle(&s.OwnRecordOnly, "read-others", "get_user of others by a non-administrator", "allow", "403"),
		toggle(&s.RefuseUnknownFields, "unknown-field", "an unknown field in a body", "ignore", "400"),
		toggle(&s.UnknownMethod400, "unknown-method", "answer to an unknown method", "404", "400"),
		toggle(&s.ReplaceProjectAccess, "project-access", "users and groups of update_project", "merge", "replace"),
		number(&s.SeatLimit, "seat-limit", "most active accounts", "none"),
		toggle(&s.SeatForbidden, "seat-status", "answer at the seat limit", "400", "403"),
		choice(&s.Authentication, "authentication", "credentials that count", "both", "keys-only", "api-disabled", "session-only"),
		toggle(&s.LenientType, "content-type", "Content-Type on GET", "required", "lenient"),
		toggle(&s.UserAgentNeeded, "user-agent", "a request without User-Agent", "fine", "500"),
		number(&s.RateLimit, "rate-limit", "requests a minute before 429", "off"),
		toggle(&s.RateHeaderless, "rate-header", "Retry-After on 429", "yes", "no"),
		window(&s.Maintenance, "maintenance", "409 always, for DURATION from the first request, or after START for DURATION"),
		toggle(&s.MaintenanceAfter, "maintenance-header", "Retry-After on 409", "no", "yes"),
		duration(&s.Latency, "latency", "wait before each answer"),
		rules(&s.Faults, "fault", "fault to inject, KIND[:ARG][@WHERE]; WHERE is N, N-M, N+, METHOD or METHOD#N"),
	}
}

func choice[T ~uint8](p *T, name, usage string, values ...string) binding {
	return binding{
		Option: Option{Name: name, Usage: usage, Values: values},
		get: func() string {
			if int(*p) < len(values) {
				return values[*p]
			}
			return strconv.Itoa(int(*p))
		},
		set: func(v string) error {
			i := slices.Index(values, v)
			if i < 0 {
				return fmt.Errorf("%q is none of %s", v, strings.Join(values, ", "))
			}
			*p = T(i)
			return nil
		},
	}
}

func toggle(p *bool, name, usage, off, on string) binding {
	return binding{
		Option: Option{Name: name, Usage: usage, Values: []string{off, on}},
		get: func() string {
			if *p {
				return on
			}
			return off
		},
		set: func(v string) error {
			if v != off && v != on {
				return fmt.Errorf("%q is neither %s nor %s", v, off, on)
			}
			*p = v == on
			return nil
		},
	}
}

func number(p *int, name, usage, none string) binding {
	return binding{
		Option: Option{Name: name, Usage: usage, Values: []string{none, "N"}},
		get: func() string {
			if *p == 0 {
				return none
			}
			return strconv.Itoa(*p)
		},
		set: func(v string) error {
			if v == none {
				*p = 0
				return nil
			}
			n, err := strconv.Atoi(v)
			if err != nil || n < 1 {
				return fmt.Errorf("%q is neither %s nor a positive number", v, none)
			}
			*p = n
			return nil
		},
	}
}

func duration(p *time.Duration, name, usage string) binding {
	return binding{
		Option: Option{Name: name, Usage: usage, Values: []string{"0s", "DURATION"}},
		get:    func() string { return p.String() },
		set: func(v string) error {
			d, err := parseDuration(v)
			if err != nil {
				return err
			}
			*p = d
			return nil
		},
	}
}

func window(p *Window, name, usage string) binding {
	return binding{
		Option: Option{Name: name, Usage: usage, Values: []string{"off", "on", "DURATION", "START+DURATION"}},
		get: func() string {
			switch {
			case p.Always:
				return "on"
			case p.For == 0:
				return "off"
			case p.Start == 0:
				return p.For.String()
			}
			return p.Start.String() + "+" + p.For.String()
		},
		set: func(v string) error {
			switch v {
			case "off":
				*p = Window{}
				return nil
			case "on":
				*p = Window{Always: true}
				return nil
			}
			start, length, both := strings.Cut(v, "+")
			if !both {
				start, length = "0s", v
			}
			from, err := parseDuration(start)
			if err != nil {
				return err
			}
			span, err := parseDuration(length)
			if err != nil {
				return err
			}
			*p = Window{Start: from, For: span}
			return nil
		},
	}
}

func parseDuration(v string) (time.Duration, error) {
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 250ms or 30s", v)
	}
	return d, nil
}

func rules(p *[]FaultRule, name, usage string) binding {
	return binding{
		Option: Option{Name: name, Usage: usage, Values: append([]string{"none"}, faultNames()[1:]...)},
		get: func() string {
			if len(*p) == 0 {
				return "none"
			}
			var texts []string
			for _, r := range *p {
				texts = append(texts, r.String())
			}
			return strings.Join(texts, ",")
		},
		set: func(v string) error {
			if v == "none" {
				*p = nil
				return nil
			}
			var parsed []FaultRule
			for text := range strings.SplitSeq(v, ",") {
				r, err := ParseFault(text)
				if err != nil {
					return err
				}
				parsed = append(parsed, r)
			}
			*p = append(slices.Clip(*p), parsed...)
			return nil
		},
	}
}
