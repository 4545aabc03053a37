"""Networks with the signature of Wav2Lip, small enough to be made by a test: the louder, the darker the mouth."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

MEL, FACE = (1, 80, 16), (6, 96, 96)


def save(
    file: Path,
    *,
    batch: str | int = "N",
    mel: Sequence[int] = MEL,
    face: Sequence[int] = FACE,
    kind: int = TensorProto.FLOAT,
    first_channel: int = 3,
) -> Path:
    """The face as it is, darker by as much as there is sound. Arguments make it unlike Wav2Lip."""
    inputs = [
        helper.make_tensor_value_info("mel_spectrogram", kind, [batch, *mel]),
        helper.make_tensor_value_info("video_frames", kind, [batch, *face]),
    ]
    output = helper.make_tensor_value_info("predicted", kind, [batch, face[0] - first_channel, *face[1:]])
    lists = {"start": [first_channel], "end": [face[0]], "axis": [1], "all": [1, 2, 3]}
    numbers = {"silence": 4.0, "strength": 0.06, "zero": 0.0, "one": 1.0}
    tensors = [numpy_helper.from_array(np.array(values, np.int64), name) for name, values in lists.items()]
    number = helper.tensor_dtype_to_np_dtype(kind)
    tensors += [numpy_helper.from_array(np.array(value, number), name) for name, value in numbers.items()]
    nodes = [
        helper.make_node("Slice", ["video_frames", "start", "end", "axis"], ["whole"]),
        helper.make_node("ReduceMax", ["mel_spectrogram", "all"], ["loudest"], keepdims=1),
        helper.make_node("Add", ["loudest", "silence"], ["loud"]),
        helper.make_node("Mul", ["loud", "strength"], ["less"]),
        helper.make_node("Sub", ["whole", "less"], ["darker"]),
        helper.make_node("Clip", ["darker", "zero", "one"], ["predicted"]),
    ]
    graph = helper.make_graph(nodes, "tiny", inputs, [output], tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10), str(file))
    return file
