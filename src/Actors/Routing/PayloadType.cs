namespace ActorSockets.Actors.Routing;

/// <summary>What the bytes of a message are.</summary>
public enum PayloadType
{
    /// <summary>UTF-8 text.</summary>
    Text,

    /// <summary>One JSON value in UTF-8, kept byte for byte as its sender wrote it.</summary>
    Json,

    /// <summary>Anything.</summary>
    Binary,

    /// <summary>An encoded <c>google.protobuf.Any</c>: told apart from binary data in the JSON envelope only.</summary>
    Protobuf,
}
