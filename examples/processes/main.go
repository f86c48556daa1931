// Processes draws the built-in processes and lays them beside the
// instructions they come from.
//
//	go run ./examples/processes [-format mermaid|dot] [-o DIR] [PROCESS…]
//	go run ./examples/processes -journey [PROCESS…]
//
// It prints Markdown: a table of the processes, and of each the diagram and a
// table of the sentences of its seed with the step that carries each of them
// out. Without names it prints all. With -o it writes that into DIR as
// processes.md, and each diagram as PROCESS.mmd, PROCESS.dot and, where
// Graphviz is installed, PROCESS.svg.
//
// With -journey it plays requests instead, from their beginning to the
// certificate and on a virtual clock: the authority, its database, the printed
// forms and the carrier are real, the people invented, SMEV and Goskey
// simulated. It tells what happened in Russian, in the words of the
// instructions. Nothing of it is left behind.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/surguch/surguch/workflow"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run is main with its surroundings passed in. It returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("processes", flag.ContinueOnError)
	flags.SetOutput(stderr)
	format := flags.String("format", "mermaid", "language of the diagrams that are printed: mermaid or dot")
	dir := flags.String("o", "", "`directory` to write everything into")
	played := flags.Bool("journey", false, "play requests and tell, in Russian, what happened")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	draw, ok := languages[*format]
	if !ok {
		fmt.Fprintf(stderr, "processes: no language %q of diagrams\n", *format)
		return 2
	}
	if *played && *dir != "" {
		fmt.Fprintln(stderr, "processes: journeys are not written into a directory")
		return 2
	}
	list, err := lookup(flags.Args())
	if err != nil {
		fmt.Fprintln(stderr, "processes:", err)
		return 2
	}
	var text bytes.Buffer
	if *played {
		err = tell(context.Background(), stdout, list)
	} else if err = document(&text, list, *format, draw); err == nil {
		if *dir == "" {
			_, err = stdout.Write(text.Bytes())
		} else {
			err = write(*dir, text.Bytes(), list, stderr)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "processes:", err)
		return 1
	}
	return 0
}

// languages are those of diagrams, by the word that Markdown has for them.
var languages = map[string]func(*workflow.Process) string{
	"mermaid": (*workflow.Process).Mermaid,
	"dot":     (*workflow.Process).DOT,
}

// lookup returns the processes of these names, or all.
func lookup(names []string) ([]*workflow.Process, error) {
	if len(names) == 0 {
		return workflow.Processes(), nil
	}
	var list []*workflow.Process
	for _, name := range names {
		p, err := workflow.Lookup(name)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// write fills the directory, which it makes if need be.
func write(dir string, text []byte, list []*workflow.Process, stderr io.Writer) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	dot, missing := exec.LookPath("dot")
	if missing != nil {
		fmt.Fprintln(stderr, "processes: no pictures: dot is not installed (Debian package graphviz)")
	}
	files := map[string][]byte{"processes.md": text}
	for _, p := range list {
		files[p.Name+".mmd"] = []byte(p.Mermaid())
		files[p.Name+".dot"] = []byte(p.DOT())
		if missing == nil {
			svg, err := picture(dot, p)
			if err != nil {
				return err
			}
			files[p.Name+".svg"] = svg
		}
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// picture has Graphviz draw a process.
func picture(dot string, p *workflow.Process) ([]byte, error) {
	var svg, complaint bytes.Buffer
	cmd := exec.Command(dot, "-Tsvg")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader([]byte(p.DOT())), &svg, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", p.Name, err, bytes.TrimSpace(complaint.Bytes()))
	}
	return svg.Bytes(), nil
}
