// Reads a published log with the client library of Go's own transparency log, golang.org/x/mod/sumdb, which knows nothing
// of spotcheckd: the checkpoint's signature, the root from the tiles, each entry against its leaf, and, where an earlier
// checkpoint of the log is given, that it is a prefix.  What the entries say is not looked at.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run tlog_client.go DIR [CHECKPOINT]     (Debian: golang-golang-x-mod-dev)
//
// Exit status 0: the log holds; 1: it does not, or cannot be read; 2: usage.
// Source: C2SP signed-note, tlog-checkpoint, tlog-tiles; PROTOCOL 4.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func need(holds bool, why string) {
	if !holds {
		fmt.Fprintln(os.Stderr, "NO:", why)
		os.Exit(1)
	}
}

func must[T any](value T, err error) T {
	need(err == nil, fmt.Sprint(err))
	return value
}

// A published directory is a tlog.TileReader: its paths are those of sumdb without the height, which is always 8.
type directory string

func (directory) Height() int                     { return 8 }
func (directory) SaveTiles([]tlog.Tile, [][]byte) {}
func (dir directory) ReadTiles(tiles []tlog.Tile) (data [][]byte, err error) {
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
		bytes, err := os.ReadFile(filepath.Join(string(dir), path))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

// What a checkpoint says, once the log's key is seen to have signed it.
func readCheckpoint(path string, key note.Verifier) (tree tlog.Tree) {
	opened := must(note.Open(must(os.ReadFile(path)), note.VerifierList(key)))
	for _, signature := range opened.Sigs {
		must(base64.StdEncoding.Strict().DecodeString(signature.Base64)) // note.Open lets spare bits pass
	}
	lines := strings.Split(opened.Text, "\n")
	need(len(lines) == 4 && lines[0] == key.Name(), path+": no checkpoint of "+key.Name())
	must(fmt.Sscan(lines[1], &tree.N))
	tree.Hash = must(tlog.ParseHash(lines[2]))
	need(tree.N > 0 && fmt.Sprintf("%s\n%d\n%v\n", key.Name(), tree.N, tree.Hash) == opened.Text, path+": its form")
	return tree
}

// The W entries of a bundle, each of them behind its length.
func split(bundle []byte, width int) (entries [][]byte, err error) {
	for len(bundle) >= 2 && len(bundle)-2 >= int(binary.BigEndian.Uint16(bundle)) {
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		entries = append(entries, bundle[2:end])
		bundle = bundle[end:]
	}
	if len(bundle) != 0 || len(entries) != width {
		return nil, errors.New("a bundle of entries is cut off, or too long")
	}
	return entries, nil
}

func main() {
	if len(os.Args) != 2 && len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: tlog_client DIR [CHECKPOINT]")
		os.Exit(2)
	}
	dir := directory(os.Args[1])
	key := must(note.NewVerifier(strings.TrimSuffix(string(must(os.ReadFile(filepath.Join(string(dir), "vkey")))), "\n")))
	tree := readCheckpoint(filepath.Join(string(dir), "checkpoint"), key)

	// A hash reader that believes a tile only where it leads to the root.
	reader := tlog.TileHashReader(tree, dir)
	need(must(tlog.TreeHash(tree.N, reader)) == tree.Hash, "the tiles give another root")

	for first := int64(0); first < tree.N; first += 256 {
		// Entries are what sumdb calls the data of a tile, level -1.
		bundle := tlog.Tile{H: 8, L: -1, N: first / 256, W: 256}
		if tree.N-first < 256 {
			bundle.W = int(tree.N - first)
		}
		entries := must(split(must(dir.ReadTiles([]tlog.Tile{bundle}))[0], bundle.W))
		var leaves []int64
		for i := range entries {
			leaves = append(leaves, tlog.StoredHashIndex(0, first+int64(i)))
		}
		for i, leaf := range must(reader.ReadHashes(leaves)) {
			need(tlog.RecordHash(entries[i]) == leaf, fmt.Sprintf("entry %d is not what its leaf says", first+int64(i)))
		}
	}
	if len(os.Args) == 3 {
		old := readCheckpoint(os.Args[2], key)
		need(old.N <= tree.N, "the earlier checkpoint holds more entries")
		proof := must(tlog.ProveTree(tree.N, old.N, reader))
		must(true, tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
		fmt.Println("the earlier checkpoint is a prefix:", old.N, "entries")
	}
	fmt.Println("the log holds:", tree.N, "entries")
}
