using System.ComponentModel.DataAnnotations;

namespace ActorSockets.AspNetCore.Configuration;

/// <summary>Section <c>ActorSockets:Cluster</c>: several nodes that answer for each other. Read at the start only.</summary>
public sealed record ClusterOptions
{
    /// <summary><c>Enabled</c>: join the other nodes. Off: one node, and no port is opened for others.</summary>
    public bool Enabled { get; init; }

    /// <summary><c>Hostname</c>: name or address under which the other nodes reach this one.</summary>
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary><c>Port</c>: port under which they reach it; 0 = any free one, which only makes sense where the other nodes have fixed ones.</summary>
    [Range(0, 65535)]
    public int Port { get; init; } = 4053;

    /// <summary><c>BindHostname</c>: address to listen on, where it is another than <see cref="Hostname"/> (containers, NAT); unset = the same.</summary>
    public string? BindHostname { get; init; }

    /// <summary><c>BindPort</c>: port to listen on, where it is another than <see cref="Port"/>; unset = the same.</summary>
    [Range(0, 65535)]
    public int? BindPort { get; init; }

    /// <summary>
    /// <c>SeedNodes</c>: nodes, as <c>host:port</c>, of which one that answers lets this one in; the same list on all of them. The first one
    /// in the list founds the cluster when none of the others answers. Empty: the node founds a cluster of its own.
    /// </summary>
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary><c>Roles</c>: what the node calls itself in the cluster.</summary>
    public IReadOnlyList<string> Roles { get; init; } = ["gateway"];

    /// <summary><c>Certificate</c>: mutual TLS between nodes.</summary>
    public ClusterCertificateOptions Certificate { get; init; } = new();

    /// <summary><c>Insecure</c>: speak to other machines without TLS, where the network between them is trusted.</summary>
    public bool Insecure { get; init; }

    /// <summary>What the node listens on.</summary>
    internal string Bound => BindHostname ?? Hostname;
}

/// <summary>Section <c>ActorSockets:Cluster:Certificate</c>: who a node is to the others, and whom it takes for one of them.</summary>
public sealed record ClusterCertificateOptions
{
    /// <summary><c>Path</c>: the node's certificate with its key, PKCS #12 (<c>.pfx</c>, <c>.p12</c>) or PEM. Unset: no TLS between nodes.</summary>
    public string? Path { get; init; }

    /// <summary><c>KeyPath</c>: the key in PEM, where it is not in the same file.</summary>
    public string? KeyPath { get; init; }

    /// <summary><c>Password</c>: of the file or of the key.</summary>
    [Secret]
    public string? Password { get; init; }

    /// <summary>
    /// <c>Authority</c>: PEM of the authorities whose certificates other nodes may have. Unset: every node has this very certificate. The
    /// machine's own list of authorities is never asked.
    /// </summary>
    public string? Authority { get; init; }

    // The compiler's text would carry the password into whatever log or exception prints this record.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append("Path = ").Append(Path);
        return true;
    }
}
