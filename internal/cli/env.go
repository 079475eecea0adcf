package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"
)

// Env is all that a run knows of the world around it. Files are relative to the working directory of the process.
type Env struct {
	Args    []string // without the name of the program
	Stdin   Input
	Stdout  Output
	Stderr  Output
	Getenv  func(string) string
	Now     func() time.Time
	Version string
	Commit  Commit // that the program was built of

	// Interruptible returns a context that ends with the first Ctrl-C or SIGTERM. nil: the run can't be interrupted.
	Interruptible func() (ctx context.Context, stop func())

	// OutlivePipes keeps the process from ending when the reader of its output is gone: to write is an error then, as for
	// every other file. nil: nothing has to be done for that.
	OutlivePipes func()
}

// Input is a stream that is read.
type Input struct {
	io.Reader
	Terminal bool
}

// Output is a stream that is written. Width is the columns of the terminal when the run began, 0 if it is none.
type Output struct {
	io.Writer
	Width   int
	Resized func() int // the columns now, 0 if they can't be told; nil: Width stays as it is
}

// Terminal reports whether somebody looks at the stream.
func (o Output) Terminal() bool { return o.Width > 0 }

// Columns returns the columns of the terminal now.
func (o Output) Columns() int {
	if o.Resized != nil {
		if now := o.Resized(); now > 0 {
			return now
		}
	}
	return o.Width
}

// defaultWidth is the width of a terminal that does not tell.
const defaultWidth = 80

// Process returns the Env of this process.
func Process() Env {
	return Env{
		Args:          os.Args[1:],
		Stdin:         Input{Reader: os.Stdin, Terminal: term.IsTerminal(int(os.Stdin.Fd()))},
		Stdout:        outputTo(os.Stdout),
		Stderr:        outputTo(os.Stderr),
		Getenv:        os.Getenv,
		Now:           time.Now,
		Version:       buildVersion(),
		Commit:        buildCommit(),
		Interruptible: interruptible,
		OutlivePipes:  func() { signal.Ignore(syscall.SIGPIPE) },
	}
}

func outputTo(f *os.File) Output {
	if !term.IsTerminal(int(f.Fd())) {
		return Output{Writer: f}
	}
	measure := func() int {
		width, _, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 0
		}
		return width
	}
	width := measure()
	if width <= 0 {
		width = defaultWidth
	}
	return Output{Writer: f, Width: width, Resized: measure}
}

// interruptible ends its context on the first signal, once it has let go of the signals: whoever is told of the interrupt
// can send a second one, and that ends the process at once, as it would if nobody had listened.
func interruptible() (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
		}
		signal.Stop(signals)
		cancel()
	}()
	return ctx, cancel
}

// Commit is what version control said of the source when the program was built. Its zero value is of a build outside of it.
type Commit struct {
	Hash     string
	Time     time.Time
	Modified bool // files differed from the commit
}

// buildVersion returns the version that the linker recorded: the tag of the commit, or one made of its time and hash, with
// "+dirty" behind it where files differed; "dev" for a build outside of version control.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "dev"
	}
	return info.Main.Version
}

func buildCommit() Commit {
	var c Commit
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return c
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			c.Hash = s.Value
		case "vcs.time":
			c.Time, _ = time.Parse(time.RFC3339, s.Value) // the zero time stays away from what is printed
		case "vcs.modified":
			c.Modified = s.Value == "true"
		}
	}
	return c
}
