package ci_test

import (
	"regexp"
	"strings"
	"testing"
)

var (
	insert = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)
	token  = regexp.MustCompile(`'[^']*'|&&|\|\||==|!=|!|[\w.-]+(?:\(\))?`)
)

// expressions evaluates those expressions of GitHub Actions that the examples use: names, texts, !, ==, !=, && and ||, without
// parentheses. True is "true", and false is "".
type expressions struct {
	t      *testing.T
	values map[string]string // a name that is not here fails the test
	failed bool
}

// text returns a text with the values of its expressions.
func (e expressions) text(s string) string {
	return insert.ReplaceAllStringFunc(s, func(found string) string { return e.value(insert.FindStringSubmatch(found)[1]) })
}

// holds says whether a step or job runs. Without a function that asks for the status, success is asked for.
func (e expressions) holds(condition string) bool {
	if m := insert.FindStringSubmatch(condition); m != nil {
		condition = m[1]
	}
	asks := strings.Contains(condition, "always()") || strings.Contains(condition, "cancelled()") || strings.Contains(condition, "failure()")
	return (asks || !e.failed) && (condition == "" || e.value(condition) != "")
}

func (e expressions) value(s string) string {
	e.t.Helper()
	rest := token.FindAllString(s, -1)
	if strings.Join(rest, "") != strings.ReplaceAll(s, " ", "") {
		e.t.Fatalf("expression %q has more in it than the test understands", s)
	}
	return e.or(&rest)
}

func (e expressions) or(rest *[]string) string {
	left := e.and(rest)
	for took(rest, "||") {
		if right := e.and(rest); left == "" {
			left = right
		}
	}
	return left
}

func (e expressions) and(rest *[]string) string {
	left := e.equal(rest)
	for took(rest, "&&") {
		if right := e.equal(rest); left != "" {
			left = right
		}
	}
	return left
}

func (e expressions) equal(rest *[]string) string {
	left := e.operand(rest)
	if took(rest, "==") {
		return truth(left == e.operand(rest))
	}
	if took(rest, "!=") {
		return truth(left != e.operand(rest))
	}
	return left
}

func (e expressions) operand(rest *[]string) string {
	e.t.Helper()
	if took(rest, "!") {
		return truth(e.operand(rest) == "")
	}
	if len(*rest) == 0 {
		e.t.Fatal("expression ends too early")
	}
	name := (*rest)[0]
	*rest = (*rest)[1:]
	switch {
	case strings.HasPrefix(name, "'"):
		return strings.Trim(name, "'")
	case name == "always()":
		return "true"
	case name == "cancelled()":
		return ""
	case name == "failure()":
		return truth(e.failed)
	}
	value, known := e.values[name]
	if !known && !strings.Contains(name, ".outputs.") {
		e.t.Fatalf("expression %s is not known to the test", name)
	}
	return value
}

func took(rest *[]string, token string) bool {
	if len(*rest) == 0 || (*rest)[0] != token {
		return false
	}
	*rest = (*rest)[1:]
	return true
}

func truth(b bool) string {
	if b {
		return "true"
	}
	return ""
}
