package dev.narrows.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.SparseTensorProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.narrows.errors.InvalidException;
import dev.narrows.errors.NarrowsException;
import dev.narrows.errors.UnsupportedException;
import org.junit.jupiter.api.Test;

/** The two parts of a file that a network carries unread but not unchecked. */
class FunctionsAndSparseTest {

    private static final OperatorSetIdProto.Builder LAB =
            OperatorSetIdProto.newBuilder().setDomain("lab").setVersion(1);

    @Test
    void read_functionThatExists_isKept() {
        ModelProto.Builder model = calling("F").addFunctions(function("F", Protos.node("Relu", "a", "b")));

        assertThat(Protos.parse(OnnxWriter.write(Protos.read(model))).getFunctions(0))
                .isEqualTo(model.getFunctions(0));
    }

    @Test
    void read_functionsThatCallThemselves_areInvalid() {
        refuses(
                calling("F").addFunctions(function("F", call("F", "a", "b"))),
                InvalidException.class,
                "calls itself",
                "function \"F\"");
        refuses(
                calling("F")
                        .addFunctions(function("F", call("G", "a", "b")))
                        .addFunctions(function("G", call("F", "a", "b"))),
                InvalidException.class,
                "calls itself");
    }

    @Test
    void read_functionsThatDouble_areUnsupported() {
        ModelProto.Builder model = calling("F0");
        for (int i = 0; i < 40; i++) {
            String next = "F" + (i + 1);
            model.addFunctions(function("F" + i, call(next, "a", "t"), call(next, "t", "b")));
        }
        model.addFunctions(function("F40", Protos.node("Relu", "a", "b")));

        refuses(model, UnsupportedException.class, "more than 1000000 nodes");
    }

    @Test
    void read_manyCallsOfALargeFunction_areUnsupported() {
        FunctionProto.Builder large = function("F");
        String value = "a";
        for (int i = 0; i < 2_000; i++) {
            large.addNode(Protos.node("Relu", value, "t" + i));
            value = "t" + i;
        }
        ModelProto.Builder model = calling("F").addFunctions(large.addNode(Protos.node("Relu", value, "b")));
        for (int i = 0; i < 600; i++) {
            model.getGraphBuilder().addNode(call("F", "x", "more" + i));
        }

        refuses(model, UnsupportedException.class, "more than 1000000 nodes");
    }

    @Test
    void read_brokenFunctions_areInvalid() {
        FunctionProto.Builder good = function("F", Protos.node("Relu", "a", "b"));
        refuses(calling("F").addFunctions(good).addFunctions(good), InvalidException.class, "given twice");
        refuses(calling("F").addFunctions(good.clone().setName("")), InvalidException.class, "function: no name");
        refuses(
                calling("F").addFunctions(function("F", Protos.node("Relu", "z", "b"))),
                InvalidException.class,
                "input: \"z\"",
                "function \"F\"");
        refuses(calling("F").addFunctions(function("F")), InvalidException.class, "output: \"b\"");
        refuses(
                calling("F").addFunctions(function("F", Protos.node("Relu", "a", "a"))),
                InvalidException.class,
                "output: \"a\"");
        refuses(
                calling("F").addFunctions(good.clone().clearOpsetImport()),
                InvalidException.class,
                "opset import for its domain");
        ModelProto.Builder twoInputs = calling("F").addFunctions(good);
        twoInputs.getGraphBuilder().getNodeBuilder(1).addInput("x");
        refuses(twoInputs, InvalidException.class, "call: 2 inputs and 1 outputs (expected: at most 1 and 1)");
    }

    @Test
    void read_sparseInitializer_isAConstant() {
        for (SparseTensorProto.Builder sparse : java.util.List.of(
                sparse(0, 3), sparse(0, 3).clearDims().addDims(2).addDims(2))) {
            Network network = Protos.read(using(sparse));

            assertThat(network.constantNames()).contains("s");
            assertThat(network.users().get("s")).containsExactly(0);
        }
    }

    @Test
    void read_brokenSparseInitializers_areRefused() {
        refuses(using(sparse(0, 4)), InvalidException.class, "index: 4 (expected: 0 to 3)", "sparse tensor \"s\"");
        refuses(using(sparse(0, -1)), InvalidException.class, "index: -1");
        refuses(using(sparse(0)), InvalidException.class, "indices: INT64[1] for values [2]");
        refuses(using(sparse(0, 3).clearDims()), InvalidException.class, "indices: ");
        refuses(
                using(sparse(0, 3).clearDims().addDims(1L << 40)),
                UnsupportedException.class,
                "takes 4398046511104 bytes (expected: at most 2 GiB)");
        refuses(using(sparse(0, 3).clearDims().addDims(1L << 62).addDims(4)), InvalidException.class, "too large");
        ModelProto.Builder twice = using(sparse(0, 3));
        twice.getGraphBuilder().addSparseInitializer(sparse(0, 3));
        refuses(twice, InvalidException.class, "sparse initializer: given twice");
    }

    private static void refuses(ModelProto.Builder model, Class<? extends NarrowsException> type, String... texts) {
        assertThatThrownBy(() -> Protos.read(model)).isInstanceOf(type).hasMessageContainingAll(texts);
    }

    private static ModelProto.Builder calling(String function) {
        ModelProto.Builder model = Protos.model().addOpsetImport(LAB);
        model.getGraphBuilder().setNode(1, call(function, "sum", "y"));
        return model;
    }

    private static NodeProto.Builder call(String function, String input, String output) {
        return Protos.node(function, input, output).setDomain("lab");
    }

    private static FunctionProto.Builder function(String name, NodeProto.Builder... nodes) {
        FunctionProto.Builder function = FunctionProto.newBuilder()
                .setName(name)
                .setDomain("lab")
                .addInput("a")
                .addOutput("b")
                .addOpsetImport(LAB)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(17));
        for (NodeProto.Builder node : nodes) {
            function.addNode(node);
        }
        return function;
    }

    private static ModelProto.Builder using(SparseTensorProto.Builder sparse) {
        ModelProto.Builder model = Protos.model();
        model.getGraphBuilder().addSparseInitializer(sparse).getNodeBuilder(0).setInput(1, "s");
        return model;
    }

    private static SparseTensorProto.Builder sparse(long... positions) {
        TensorProto.Builder indices = TensorProto.newBuilder().setDataType(7).addDims(positions.length);
        for (long position : positions) {
            indices.addInt64Data(position);
        }
        return SparseTensorProto.newBuilder()
                .setValues(Protos.floats("s", 1, 2))
                .setIndices(indices)
                .addDims(4);
    }
}
