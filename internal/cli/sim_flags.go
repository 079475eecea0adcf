package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/sim/setting"
)

// faultSwitch is the switch that can be given several times: faults add up.
const faultSwitch = "fault"

// switchFlags are the switches of all simulators as flags. Which simulator is meant is known when all flags are, so that
// values are held against it then and not as they are parsed.
type switchFlags struct {
	all   []tool
	given map[string][]string // values by name, in the order in which they were given
}

func newSwitchFlags(all []tool) *switchFlags {
	return &switchFlags{all: all, given: make(map[string][]string)}
}

// register makes a flag of each switch and shows them by simulator in the help.
func (s *switchFlags) register(c *cobra.Command) {
	for _, t := range s.all {
		for _, option := range t.simulation.options {
			if c.Flags().Lookup(option.Name) != nil {
				continue
			}
			c.Flags().Var(&switchFlag{option.Name, s}, option.Name, switchUsage(option))
			_ = c.RegisterFlagCompletionFunc(option.Name, words(s.values(option.Name)...)) // the flag was just made
		}
	}
	c.SetUsageFunc(s.usage)
}

// values returns the values of a switch that are written as they are, of any simulator.
func (s *switchFlags) values(name string) []string {
	var all []string
	for _, t := range s.all {
		if option, ok := optionOf(t, name); ok {
			for _, v := range literal(option.Values) {
				if !slices.Contains(all, v) {
					all = append(all, v)
				}
			}
		}
	}
	return all
}

func optionOf(t tool, name string) (setting.Option, bool) {
	i := slices.IndexFunc(t.simulation.options, func(o setting.Option) bool { return o.Name == name })
	if i < 0 {
		return setting.Option{}, false
	}
	return t.simulation.options[i], true
}

// names returns the names of all switches, in the order of the tables, so that errors do not depend on a map.
func (s *switchFlags) names() []string {
	var names []string
	for _, t := range s.all {
		for _, option := range t.simulation.options {
			if !slices.Contains(names, option.Name) {
				names = append(names, option.Name)
			}
		}
	}
	return names
}

// check returns an error if a switch that was given is none of the tool's simulator, or has a value that it does not take.
func (s *switchFlags) check(t tool) error {
	for _, name := range s.names() {
		for _, value := range s.given[name] {
			option, ok := optionOf(t, name)
			if !ok {
				return usage(s.owners(name), "--%s is no switch of the simulator of %s", name, t.name)
			}
			if err := t.simulation.scratch().Set(name, value); err != nil {
				hint := "`rollcall sim --help` lists the switches"
				// The flag has the name of the switch already.
				return usage(didYouMean(faultName(value), literal(option.Values), hint), "flag --%s: %v", name, errors.Unwrap(err))
			}
		}
	}
	return nil
}

// owners says whose a switch is.
func (s *switchFlags) owners(name string) string {
	var kinds []string
	for _, t := range s.all {
		if _, ok := optionOf(t, name); ok {
			kinds = append(kinds, "--kind "+t.kind)
		}
	}
	return "it goes with " + alternatives(kinds)
}

// set turns the switches that were given.
func (s *switchFlags) set(t tool, to switches) error {
	for _, option := range t.simulation.options {
		values := s.given[option.Name]
		if len(values) == 0 {
			continue
		}
		value := values[len(values)-1]
		if option.Name == faultSwitch {
			value = strings.Join(values, ",")
		}
		if err := to.Set(option.Name, value); err != nil {
			return usage("", "%v", err)
		}
	}
	return nil
}

// switchFlag is a switch as a flag.
type switchFlag struct {
	name string
	all  *switchFlags
}

// String returns what was given.
func (f *switchFlag) String() string {
	if f.all == nil {
		return "" // pflag asks a zero value for the default
	}
	return strings.Join(f.all.given[f.name], ",")
}

// Set takes a value as it is: see switchFlags.
func (f *switchFlag) Set(value string) error {
	f.all.given[f.name] = append(f.all.given[f.name], value)
	return nil
}

// Type names the values in the help.
func (f *switchFlag) Type() string { return "VALUE" }

// faultName returns the last word of a value that can be compared with the names of values: of a fault only the kind is one.
func faultName(value string) string {
	fault := value[strings.LastIndexByte(value, ',')+1:]
	if end := strings.IndexAny(fault, ":@"); end >= 0 {
		fault = fault[:end]
	}
	return fault
}

// literal returns the values that are written as they are: those in capitals stand for others.
func literal(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == strings.ToUpper(v) && v != strings.ToLower(v) })
}

func switchUsage(o setting.Option) string {
	if o.Name == faultSwitch {
		return o.Usage + " (repeatable)"
	}
	return o.Usage + ": " + alternatives(o.Values)
}

// usage writes the help of the command: the flags, then the switches that mean the same to every simulator, then what is
// of one simulator alone; of the one of --kind, if that was given.
func (s *switchFlags) usage(c *cobra.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Usage:\n  %s\n\nExamples:\n%s\n", c.UseLine(), c.Example)
	section := func(title string, flags *pflag.FlagSet) {
		if flags.HasAvailableFlags() {
			fmt.Fprintf(&b, "\n%s:\n%s", title, flags.FlagUsagesWrapped(helpWidth))
		}
	}
	own, every := pflag.NewFlagSet("", pflag.ContinueOnError), pflag.NewFlagSet("", pflag.ContinueOnError)
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if _, isSwitch := f.Value.(*switchFlag); !isSwitch {
			own.AddFlag(f)
		}
	})
	section("Flags", own)
	alone := make([]*pflag.FlagSet, len(s.all))
	for i, t := range s.all {
		alone[i] = pflag.NewFlagSet("", pflag.ContinueOnError)
		alone[i].SortFlags = false
		for _, option := range t.simulation.options {
			to := alone[i]
			if s.everywhere(option) {
				to = every
			}
			if to.Lookup(option.Name) == nil {
				to.Var(&switchFlag{}, option.Name, switchUsage(option))
			}
		}
	}
	section("Switches of every simulator", every)
	for i, t := range s.all {
		if kind := c.Flag("kind"); !kind.Changed || kind.Value.String() == t.kind {
			section("Switches with --kind "+t.kind, alone[i])
		}
	}
	section("Global Flags", c.InheritedFlags())
	_, err := io.WriteString(c.OutOrStderr(), b.String())
	return err
}

// everywhere reports whether every simulator has a switch, and means the same by it.
func (s *switchFlags) everywhere(option setting.Option) bool {
	for _, t := range s.all {
		other, ok := optionOf(t, option.Name)
		if !ok || other.Usage != option.Usage || !slices.Equal(other.Values, option.Values) {
			return false
		}
	}
	return true
}
