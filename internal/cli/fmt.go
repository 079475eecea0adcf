package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"rollcall/internal/directory"
	"rollcall/internal/edit"
	"rollcall/internal/render"
	"rollcall/internal/spec"
)

// stdinName is how places name what comes from standard input.
const stdinName = "stdin"

func newFmt(env Env, shared *common) *cobra.Command {
	check := false
	c := newCommand(env, shared, "fmt [-] [flags]", "Write the files of a roster in one form",
		"Formats users.yaml and all that it includes: one order of keys, one indentation, one way of quoting. Entries keep\n"+
			"their order, comments stay at what they stand at, and the roster means what it meant, or nothing is written.\n\n"+
			"With - it formats standard input to standard output, which is what editors want. With --check it writes nothing\n"+
			"and names the files that are not formatted; the exit code is 2 then.",
		"  rollcall fmt\n  rollcall fmt --check      # in a pull request\n  rollcall fmt - <users.yaml", 0, 1).
		with(rosterFlags, func(f *pflag.FlagSet, _ *options) {
			f.BoolVar(&check, "check", false, "write nothing, and end with 2 if a file is not formatted")
		})
	c.rules = func(args []string) error {
		switch {
		case len(args) == 0:
			return nil
		case args[0] != "-":
			return usage("-f names the root file, and what it includes is formatted with it", "fmt formats a whole roster, or - for standard input, not %q", args[0])
		case c.Flags().Changed("file"):
			return usage("leave one of them out", "fmt - formats standard input, and -f names a file")
		}
		return nil
	}
	return c.does(func(ctx context.Context, r *run, args []string) error {
		if len(args) > 0 {
			return r.formatStdin(ctx, check)
		}
		return r.formatRoster(ctx, check)
	})
}

func (r *run) formatStdin(ctx context.Context, check bool) error {
	text, err := await(ctx, r.readStdin)
	if err != nil {
		return err
	}
	formatted, err := edit.Format(stdinName, string(text))
	if err != nil {
		return err
	}
	if !check {
		_, err = io.WriteString(r.env.Stdout, formatted)
		return err
	}
	if formatted == string(text) {
		return nil
	}
	return errors.Join(r.places([]directory.Problem{unformatted(stdinName, string(text), formatted)}), errChanges)
}

// readStdin returns all of standard input, which may be as large as a file of a roster.
func (r *run) readStdin() ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(r.env.Stdin, spec.MaxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("standard input: %w", err)
	case len(text) > spec.MaxBytes:
		return nil, usage("", "standard input is larger than a file of a roster may be, %d MiB", spec.MaxBytes>>20)
	}
	return text, nil
}

// await returns what read returns, or the context's error if that ends before: a pipe may stay silent for ever.
func await(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	var data []byte
	var err error
	done := make(chan struct{})
	go func() {
		data, err = read()
		close(done)
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-done:
		return data, err
	}
}

func (r *run) formatRoster(ctx context.Context, check bool) error {
	want, sources, err := r.loadSources()
	if err != nil {
		return err
	}
	var left []error
	var places []directory.Problem
	changed := make(map[string]string)
	for _, s := range sources {
		if s.Leavers {
			continue // a list of addresses has no form
		}
		formatted, err := edit.Format(s.Shown, s.Text)
		switch {
		case err != nil:
			left = append(left, err)
		case formatted != s.Text && check:
			places = append(places, unformatted(s.Shown, s.Text, formatted))
		case formatted != s.Text:
			changed[s.Path] = formatted
			places = append(places, directory.Problem{Pos: directory.Pos{File: s.Shown}, Text: "formatted"})
		}
	}
	if check {
		if len(places) > 0 {
			places[len(places)-1].Hint = "`" + strings.TrimSpace("rollcall fmt "+r.o.again()) + "` formats what is named here"
			left = append(left, errChanges)
		}
		return errors.Join(append(left, r.places(places))...)
	}
	if len(changed) == 0 {
		if left == nil && !r.o.quiet {
			r.remark("formatted already: %s", count(len(sources), "file", "files"))
		}
		return errors.Join(left...)
	}
	after, err := r.loadChanged(changed)
	if err != nil || !edit.Same(want, after) {
		return errors.New("formatted it would be another roster: nothing was written")
	}
	if err := rewrite(ctx, r.o.file, sources, changed); err != nil {
		return errors.Join(append(left, err)...)
	}
	return errors.Join(append(left, r.places(places))...)
}

// unformatted points at the first line that is not as it would be formatted.
func unformatted(file, text, formatted string) directory.Problem {
	line := 1
	is, would := strings.Split(text, "\n"), strings.Split(formatted, "\n")
	for line < min(len(is), len(would)) && is[line-1] == would[line-1] {
		line++
	}
	return directory.Problem{Pos: directory.Pos{File: file, Line: line, Column: 1}, Text: "not formatted"}
}

// places prints what there is to say of places in the roster, a line each, to standard output.
func (r *run) places(list []directory.Problem) error {
	return render.Problems(r.env.Stdout, list, render.ProblemOptions{Width: r.env.Stdout.Width, Color: r.o.colored(r.env, r.env.Stdout)})
}

// loadSources reads the roster with the texts of its files, like load.
func (r *run) loadSources() (*directory.Desired, []spec.Source, error) {
	want, sources, err := spec.LoadSources(r.o.file, r.specOptions())
	var wrong *spec.ProblemsError
	if err == nil || errors.As(err, &wrong) {
		return want, sources, err
	}
	_, err = r.load() // which says it as every command does
	return nil, nil, err
}

// loadChanged reads the roster as it would be with the texts in place of what some of its files hold.
func (r *run) loadChanged(texts map[string]string) (*directory.Desired, error) {
	opts := r.specOptions()
	opts.Texts = texts
	return spec.Load(r.o.file, opts)
}

// rewrite writes texts in place of what files of the roster hold, under the same permissions. Each file is whole at every
// moment, and none is written unless all can be. A file that is no longer what was read is an error: somebody has edited it.
// That is looked at last, right before the files get their names, and no other run of ours writes in between.
func rewrite(ctx context.Context, root string, sources []spec.Source, texts map[string]string) error {
	var pending []*pendingFile
	defer func() {
		for _, f := range pending {
			f.discard()
		}
	}()
	changing := slices.DeleteFunc(slices.Clone(sources), func(s spec.Source) bool { _, changes := texts[s.Path]; return !changes })
	for _, s := range changing {
		file := spec.InFolder(root, s.Path)
		info, err := os.Stat(file)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", s.Shown, cause(err))
		case info.Mode().Perm()&0o222 == 0:
			return usage("", "%s can't be written: it is read-only", s.Shown)
		}
		f, err := beginFile(file, info.Mode().Perm())
		if err != nil {
			return err
		}
		pending = append(pending, f)
		if _, err := io.WriteString(f, texts[s.Path]); err != nil {
			return fmt.Errorf("%s: %w", s.Shown, cause(err))
		}
		if err := f.temp.Sync(); err != nil {
			return fmt.Errorf("%s: %w", s.Shown, cause(err))
		}
	}
	defer lockFolder(filepath.Dir(root))()
	for _, s := range changing {
		is, err := readFile(spec.InFolder(root, s.Path), spec.MaxBytes)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", s.Shown, cause(err))
		case !bytes.Equal(is, []byte(s.Text)):
			return &hintedError{fmt.Errorf("%s was changed while it was read: nothing was written", s.Shown), "try again"}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, f := range pending {
		if err := f.commit(); err != nil {
			return err
		}
	}
	return nil
}
