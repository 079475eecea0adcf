package docs_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLinks_leadSomewhere follows every link that does not leave the repository, to its heading.
func TestLinks_leadSomewhere(t *testing.T) {
	paths := pages(t)
	decisions, err := filepath.Glob("decisions/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range decisions {
		paths = append(paths, "docs/"+filepath.ToSlash(path))
	}
	followed := 0
	for _, path := range paths {
		p := pageAt(t, path)
		for _, link := range p.links {
			if strings.Contains(link.text, "://") || strings.HasPrefix(link.text, "mailto:") {
				continue
			}
			followed++
			target, heading, _ := strings.Cut(link.text, "#")
			to := path
			if target != "" {
				to = filepath.ToSlash(filepath.Join(filepath.Dir(path), target))
			}
			if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(to))); err != nil || strings.HasPrefix(to, "..") {
				t.Errorf("%s: %s leads nowhere", p.at(link.line), link.text)
				continue
			}
			if heading != "" && !slices.Contains(pageAt(t, to).heads, heading) {
				t.Errorf("%s: %s has no heading %s", p.at(link.line), to, heading)
			}
		}
	}
	if followed < 20 {
		t.Fatalf("followed %d links: the pages are read in a wrong way", followed)
	}
}

// TestIndex_hasEveryPage: a page that the index does not name is found by nobody.
func TestIndex_hasEveryPage(t *testing.T) {
	var named []string
	for _, link := range pageAt(t, "docs/README.md").links {
		named = append(named, "docs/"+link.text)
	}
	for _, path := range pages(t) {
		if path != "README.md" && path != "docs/README.md" && !slices.Contains(named, path) {
			t.Errorf("docs/README.md does not name %s", path)
		}
	}
}

var (
	commandOfHelp = regexp.MustCompile(`(?m)^  ([a-z]+)  `)
	flagOfHelp    = regexp.MustCompile(`(?m)^ +(?:(-[a-z]), )?(--[a-z-]+)`)
	commandOfText = regexp.MustCompile(`^rollcall ([a-z]+)(?: |$)`)
	flagOfText    = regexp.MustCompile(`(?:^|[ \[])(-[a-z]|--[a-z][a-z-]+)\b`)
)

// TestReadme_hasEveryCommand: its table and the program name the same commands.
func TestReadme_hasEveryCommand(t *testing.T) {
	_, table, _ := strings.Cut(string(pageAt(t, "README.md").source), "\n## Commands\n")
	table, _, _ = strings.Cut(table, "\n\n`")
	var named []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^|]+(?:\\\\\\|[^|]+)*) \\|").FindAllStringSubmatch(table, -1) {
		for _, span := range strings.Split(row[1], "`, `") {
			named = append(named, regexp.MustCompile(`^[a-z]+`).FindString(span))
		}
	}
	slices.Sort(named)
	var want []string
	for command := range flagsOfCommands(t) {
		if command != "help" {
			want = append(want, command)
		}
	}
	slices.Sort(want)
	if !slices.Equal(named, want) {
		t.Errorf("the README has the commands\n%v\nand the program\n%v", named, want)
	}
}

// flagsOfCommands returns the flags of each command, as its help names them.
func flagsOfCommands(t *testing.T) map[string][]string {
	t.Helper()
	_, help := rollcall("--help")
	_, list, _ := strings.Cut(help, "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	flags := make(map[string][]string)
	for _, command := range commandOfHelp.FindAllStringSubmatch(list, -1) {
		_, help := rollcall(command[1], "--help")
		for _, flag := range flagOfHelp.FindAllStringSubmatch(help, -1) {
			flags[command[1]] = append(flags[command[1]], flag[1:]...)
		}
	}
	if len(flags) < 10 {
		t.Fatalf("found %d commands in the help: %s", len(flags), list)
	}
	return flags
}

// TestMentions_areOfCommandsAndFlagsThatExist looks at inline code: `rollcall COMMAND --flag` has to be a command with that
// flag, and a lone `--flag` one of some command.
func TestMentions_areOfCommandsAndFlagsThatExist(t *testing.T) {
	flags := flagsOfCommands(t)
	all := slices.Concat(slices.Collect(maps.Values(flags))...)
	mentioned := 0
	for _, path := range pages(t) {
		p := pageAt(t, path)
		for _, span := range p.spans {
			known := all
			if command := commandOfText.FindStringSubmatch(span.text); command != nil {
				mentioned++
				if flags[command[1]] == nil {
					t.Errorf("%s: `%s`: there is no command %s", p.at(span.line), span.text, command[1])
					continue
				}
				known = flags[command[1]]
			} else if !strings.HasPrefix(span.text, "--") {
				continue
			}
			for _, flag := range flagOfText.FindAllStringSubmatch(span.text, -1) {
				if !slices.Contains(known, flag[1]) {
					t.Errorf("%s: `%s`: there is no %s", p.at(span.line), span.text, flag[1])
				}
			}
		}
	}
	if mentioned < 20 {
		t.Fatalf("found %d commands in the text: the pages are read in a wrong way", mentioned)
	}
}
