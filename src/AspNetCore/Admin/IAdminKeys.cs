namespace ActorSockets.AspNetCore.Admin;

/// <summary>One entry of <c>Admin:Keys</c>.</summary>
/// <param name="Name">Written to the log instead of the key.</param>
/// <param name="Key">The secret; 32 bytes or more.</param>
/// <param name="MayOperate">Access <c>operate</c>: look and change; else <c>read</c>.</param>
internal sealed record AdminKey(string Name, string Key, bool MayOperate)
{
    /// <summary>Without the secret, wherever it may be printed.</summary>
    public override string ToString() => Name;
}

/// <summary>The keys in force; they may change while the node runs.</summary>
internal interface IAdminKeys
{
    /// <summary>Empty: the loopback rule applies instead.</summary>
    IReadOnlyList<AdminKey> Current { get; }
}
