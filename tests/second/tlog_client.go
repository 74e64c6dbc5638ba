// Reads a published log with the client library of Go's own transparency log, golang.org/x/mod/sumdb, which knows nothing
// of spotcheckd: the checkpoint's signature, the root and every tile as computed from the entries, and, where an earlier
// checkpoint of the log is given, a proof that it is a prefix.  What the entries say is not looked at.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go run tlog_client.go DIR [CHECKPOINT]     (Debian: golang-golang-x-mod-dev)
//
// Exit status 0: the log holds; 1: it does not, or cannot be read; 2: usage.
// Source: C2SP signed-note, tlog-checkpoint, tlog-tiles; PROTOCOL 4.
package main

import (
	"bytes"
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

// A tile's file, by C2SP: sumdb's path without the height, which is always 8; what sumdb calls data are the entries.
func readTile(dir string, tile tlog.Tile) []byte {
	path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	return must(os.ReadFile(filepath.Join(dir, strings.Replace(path, "tile/data/", "tile/entries/", 1))))
}

// The tiles of a tree of this size, from the leaves up, each as wide as it is there.
func tilesOf(size int64) (tiles []tlog.Tile) {
	for level := 0; size > 0; level, size = level+1, size/256 {
		for first := int64(0); first < size; first += 256 {
			tile := tlog.Tile{H: 8, L: level, N: first / 256, W: 256}
			if size-first < 256 {
				tile.W = int(size - first)
			}
			tiles = append(tiles, tile)
		}
	}
	return tiles
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
	dir := os.Args[1]
	key := must(note.NewVerifier(strings.TrimSuffix(string(must(os.ReadFile(filepath.Join(dir, "vkey")))), "\n")))
	tree := readCheckpoint(filepath.Join(dir, "checkpoint"), key)

	// All hashes are made anew.  tlog.TileHashReader would need fewer files, but before x/mod 0.40 (Debian 12 has 0.7) it
	// leaves some of the tiles that it reads unchecked: CVE-2026-56865.
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for _, tile := range tilesOf(tree.N) {
		if tile.L == 0 {
			bundle := tlog.Tile{H: 8, L: -1, N: tile.N, W: tile.W}
			for i, entry := range must(split(readTile(dir, bundle), tile.W)) {
				stored = append(stored, must(tlog.StoredHashes(tile.N*256+int64(i), entry, reader))...)
			}
		}
	}
	need(must(tlog.TreeHash(tree.N, reader)) == tree.Hash, "the entries give another root than the checkpoint's")
	for _, tile := range tilesOf(tree.N) {
		need(bytes.Equal(readTile(dir, tile), must(tlog.ReadTileData(tile, reader))), tile.Path()+": not what the entries give")
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
