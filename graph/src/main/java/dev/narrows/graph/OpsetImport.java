package dev.narrows.graph;

/** The version of a domain's operators that a network uses; the empty domain is ONNX's own. */
public record OpsetImport(String domain, long version) {

    /** Whether it is about ONNX's own operators. */
    public boolean isOnnx() {
        return isOnnx(domain);
    }

    /** Whether this is the domain of ONNX's own operators, which has two spellings. */
    static boolean isOnnx(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }
}
