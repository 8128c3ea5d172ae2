package dev.narrows.cloud;

import dev.narrows.engine.Chain;
import dev.narrows.engine.Session;
import dev.narrows.engine.SessionOptions;
import dev.narrows.engine.TensorSpec;
import dev.narrows.errors.InvalidException;
import dev.narrows.graph.Network;
import dev.narrows.graph.OnnxFiles;
import dev.narrows.graph.OnnxReader;
import dev.narrows.graph.OnnxWriter;
import dev.narrows.wire.bundle.Bundle;
import dev.narrows.wire.bundle.Manifest;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Makes models of files. No byte reaches native code before it has been parsed and checked here. */
final class ModelLoader {

    private final SessionOptions options;

    ModelLoader(SessionOptions options) {
        this.options = options;
    }

    Model load(ModelFiles.Found found) {
        return found.bundle() ? bundle(found.name(), found.path()) : onnx(found.name(), found.path());
    }

    private Model bundle(String name, Path path) {
        Bundle bundle = Bundle.read(path);
        for (int i = 0; i < bundle.manifest().segments().size(); i++) {
            OnnxReader.read(bundle.segment(i), sharedWeights(bundle.manifest()));
        }
        Chain chain = bundle.open(options);
        return owning(chain, () -> new Model(name, new Layout.OfBundle(bundle), chain));
    }

    /** Stands for the weights' file, whose bytes the bundle has checked: that a segment names places in it is all. */
    private static OnnxReader.ExternalData sharedWeights(Manifest manifest) {
        return (location, offset, length) -> {
            for (Manifest.SharedWeight weight : manifest.sharedWeights()) {
                if (location.equals(Manifest.WEIGHTS_FILE) && offset == weight.offset() && length == weight.length()) {
                    return ByteBuffer.allocate((int) length);
                }
            }
            throw new InvalidException("external data: \"" + location + "\" at " + offset + ", " + length
                    + " bytes (expected: a shared weight of the bundle)");
        };
    }

    /** What the runtime gets is not the file but what was understood of it, written again. */
    private Model onnx(String name, Path file) {
        Network network = OnnxFiles.read(file);
        Session session = Session.open(name, OnnxWriter.write(network), Map.of(), options);
        return owning(session, () -> onnx(name, session));
    }

    private static Model onnx(String name, Session session) {
        List<TensorSpec> inputs = session.inputs();
        List<TensorSpec> outputs = session.outputs();
        Chain chain = Chain.of(List.of(session), List.of(names(inputs), names(outputs)));
        return new Model(name, new Layout.OfNetwork(inputs, outputs), chain);
    }

    /** What {@code make} makes of {@code resource}, which is closed if that fails. */
    private static <R extends AutoCloseable> Model owning(R resource, Supplier<Model> make) {
        try {
            return make.get();
        } catch (RuntimeException | Error e) {
            try {
                resource.close();
            } catch (Exception suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    private static List<String> names(List<TensorSpec> specs) {
        return specs.stream().map(TensorSpec::name).toList();
    }
}
