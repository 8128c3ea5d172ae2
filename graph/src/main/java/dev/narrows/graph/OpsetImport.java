package dev.narrows.graph;

/** The version of a domain's operators that a network uses; the empty domain is ONNX's own. */
public record OpsetImport(String domain, long version) {}
