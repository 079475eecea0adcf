package render_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// colours returns the custom properties of each :root of the style sheet, by where it holds: "" for always.
func colours(t *testing.T, sheet string) map[string]map[string]string {
	t.Helper()
	block := regexp.MustCompile(`(?s)(?:@media ([^{]+?) \{\s*)?:root \{(.*?)\}`)
	property := regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`)
	schemes := make(map[string]map[string]string)
	for _, found := range block.FindAllStringSubmatch(sheet, -1) {
		scheme := make(map[string]string)
		for _, p := range property.FindAllStringSubmatch(found[2], -1) {
			scheme[p[1]] = p[2]
		}
		schemes[found[1]] = scheme
	}
	return schemes
}

// luminance is the relative luminance of #rrggbb as WCAG 2.2 defines it.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, share := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += share * c / 12.92
		} else {
			sum += share * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

// Every colour of text is readable on every ground, so that no combination has to be looked for.
func TestHTMLStyle_textIsReadableInEveryScheme(t *testing.T) {
	content, err := os.ReadFile("html/style.css")
	if err != nil {
		t.Fatal(err)
	}
	schemes := colours(t, string(content))
	texts := []string{"text", "quiet", "link", "good", "bad", "warn", "calm"}
	grounds := []string{"page", "card", "good-soft", "bad-soft", "warn-soft", "calm-soft"}
	for _, media := range []string{"", "(prefers-color-scheme: dark)", "print"} {
		t.Run("scheme "+media, func(t *testing.T) {
			scheme := schemes[media]
			if want := len(texts) + len(grounds) + 1; len(scheme) != want { // the lines between rows are no text
				t.Fatalf("%d colours, want %d: %v", len(scheme), want, scheme)
			}
			for _, text := range texts {
				for _, ground := range grounds {
					if got := contrast(t, scheme[text], scheme[ground]); got < 4.5 {
						t.Errorf("%s on %s: %.2f to 1, less than 4.5", text, ground, got)
					}
				}
			}
		})
	}
}

func TestHTMLStyle_usesNoColourBesideThose(t *testing.T) {
	content, err := os.ReadFile("html/style.css")
	if err != nil {
		t.Fatal(err)
	}
	sheet := regexp.MustCompile(`(?s):root \{.*?\}`).ReplaceAllString(string(content), "")
	if found := regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(|color-mix|opacity`).FindString(sheet); found != "" {
		t.Errorf("the style sheet has %s", found)
	}
	for _, declared := range regexp.MustCompile(`[{;\s](?:color|background|fill|stroke): ([^;]+);`).FindAllStringSubmatch(sheet, -1) {
		if value := declared[1]; !strings.HasPrefix(value, "var(--") && value != "inherit" && value != "none" {
			t.Errorf("a colour is %s", value)
		}
	}
}
