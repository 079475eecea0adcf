// Package setting is the table behind the switches of a simulator: it ties each to a name for flags and snapshot files,
// a help text and its values. It must not know what a switch does.
package setting

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"rollcall/internal/sim/fault"
	"rollcall/internal/sim/wire"
)

// Option describes one switch to a command line: a name fit for a flag, a help text, and the values it takes, the
// default first. A value in capitals stands for a number or a duration.
type Option struct {
	Name   string
	Usage  string
	Values []string
}

// Binding ties an option to the field that it sets.
type Binding struct {
	Option
	Get func() string
	Set func(string) error
}

// Table is the switches of one value, in the order in which they are documented.
type Table []Binding

// Options returns what the table says to a command line.
func (t Table) Options() []Option {
	out := make([]Option, len(t))
	for i, b := range t {
		out[i] = b.Option
	}
	return out
}

// Set sets the named switch from text. It returns an error for an unknown name or value and leaves all as it was then.
func (t Table) Set(name, value string) error {
	for _, b := range t {
		if b.Name != name {
			continue
		}
		if err := b.Set(value); err != nil {
			return fmt.Errorf("switch %s: %w", name, err)
		}
		return nil
	}
	return fmt.Errorf("switch %s: unknown name", name)
}

// Get returns the named switch as text, in the form that Set takes; "" for an unknown name.
func (t Table) Get(name string) string {
	for _, b := range t {
		if b.Name == name {
			return b.Get()
		}
	}
	return ""
}

// JSON returns an object of the switches that are not at their default, by name.
func (t Table) JSON() []byte {
	r := wire.Begin(nil, true)
	for _, b := range t {
		if v := b.Get(); v != b.Values[0] {
			r.Text(b.Name, v)
		}
	}
	return r.End()
}

// SetJSON sets the switches named in the object, in the order of their names; the others stay. After an error some may
// be set.
func (t Table) SetJSON(data []byte) error {
	var values map[string]string
	if err := json.Unmarshal(data, &values); err != nil {
		return fmt.Errorf("switches: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if err := t.Set(name, values[name]); err != nil {
			return err
		}
	}
	return nil
}

// Choice is a switch between named values; the first is that of 0.
func Choice[T ~uint8](p *T, name, usage string, values ...string) Binding {
	return Binding{
		Option: Option{Name: name, Usage: usage, Values: values},
		Get: func() string {
			if int(*p) < len(values) {
				return values[*p]
			}
			return strconv.Itoa(int(*p))
		},
		Set: func(v string) error {
			i := slices.Index(values, v)
			if i < 0 {
				return fmt.Errorf("%q is none of %s", v, strings.Join(values, ", "))
			}
			*p = T(i)
			return nil
		},
	}
}

// Toggle is a switch of two values.
func Toggle(p *bool, name, usage, off, on string) Binding {
	return Binding{
		Option: Option{Name: name, Usage: usage, Values: []string{off, on}},
		Get: func() string {
			if *p {
				return on
			}
			return off
		},
		Set: func(v string) error {
			if v != off && v != on {
				return fmt.Errorf("%q is neither %s nor %s", v, off, on)
			}
			*p = v == on
			return nil
		},
	}
}

// Number is a switch with a positive number; none is the name of 0.
func Number(p *int, name, usage, none string) Binding {
	return Binding{
		Option: Option{Name: name, Usage: usage, Values: []string{none, "N"}},
		Get: func() string {
			if *p == 0 {
				return none
			}
			return strconv.Itoa(*p)
		},
		Set: func(v string) error {
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

// Duration is a switch with a span of time.
func Duration(p *time.Duration, name, usage string) Binding {
	return Binding{
		Option: Option{Name: name, Usage: usage, Values: []string{"0s", "DURATION"}},
		Get:    func() string { return p.String() },
		Set: func(v string) error {
			d, err := fault.Duration(v)
			if err != nil {
				return err
			}
			*p = d
			return nil
		},
	}
}

// Faults is a switch that adds fault rules of these kinds, several separated by commas; "none" removes all of them.
func Faults(p *[]fault.Rule, kinds []fault.Kind, name, usage string) Binding {
	return Binding{
		Option: Option{Name: name, Usage: usage, Values: append([]string{"none"}, fault.Names(kinds)...)},
		Get: func() string {
			if len(*p) == 0 {
				return "none"
			}
			var texts []string
			for _, r := range *p {
				texts = append(texts, r.String())
			}
			return strings.Join(texts, ",")
		},
		Set: func(v string) error {
			if v == "none" {
				*p = nil
				return nil
			}
			var parsed []fault.Rule
			for text := range strings.SplitSeq(v, ",") {
				r, err := fault.Parse(text, kinds)
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
