using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorSockets.Actors.Cluster;
using ActorSockets.Integration.Tests.Hosting;

namespace ActorSockets.Integration.Tests.Cluster;

public sealed class MutualTlsTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("actorsockets-tls-");

    [Fact]
    public async Task Nodes_with_the_same_certificate_are_one_cluster_and_one_with_another_or_none_stays_outside()
    {
        var ours = Certificate("ours");
        await using var cluster = await GatewayCluster.StartAsync(2, ("Cluster:Certificate:Path", ours));
        (string, string)[] seed = [("Cluster:Enabled", "true"), ("Cluster:Port", "0"), ("Cluster:SeedNodes:0", GatewayCluster.AddressOf(cluster[0]))];

        await using var stranger = await GatewayHost.StartAsync([.. seed, ("Cluster:Certificate:Path", Certificate("theirs"))]);
        await using var open = await GatewayHost.StartAsync(seed);

        // A node that is let in takes part of this time.
        await using var late = await GatewayHost.StartAsync([.. seed, ("Cluster:Certificate:Path", ours)]);
        await Eventually.TrueAsync(() => GatewayCluster.MembersOf(late).Others.Count == 2, "the late one is in", TimeSpan.FromSeconds(60));
        Assert.Equal(MemberState.Joining, GatewayCluster.MembersOf(stranger).Self.State);
        Assert.Equal(MemberState.Joining, GatewayCluster.MembersOf(open).Self.State);
        await Eventually.TrueAsync(() => GatewayCluster.MembersOf(cluster[0]).Others.Count == 2, "the first one knows them both");
    }

    [Fact]
    public async Task Nodes_with_certificates_of_one_authority_are_one_cluster()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var pem = Path.Combine(_directory.FullName, "authority.pem");
        await File.WriteAllTextAsync(pem, authority.ExportCertificatePem());

        await using var cluster = new GatewayCluster();
        foreach (var name in new[] { "one", "two" })
            await cluster.AddAsync(new GatewaySetup(), ("Cluster:Certificate:Path", Certificate(name, authority)), ("Cluster:Certificate:Authority", pem));

        await cluster.UntilCompleteAsync();
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Certificate(string name, X509Certificate2? authority = null)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var (from, to) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        using var certificate = authority is null ? request.CreateSelfSigned(from, to) : Signed(request, authority, from, to, key);
        var path = Path.Combine(_directory.FullName, $"{name}.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pkcs12));
        return path;
    }

    private static X509Certificate2 Signed(CertificateRequest request, X509Certificate2 authority, DateTimeOffset from, DateTimeOffset to, RSA key)
    {
        var generator = X509SignatureGenerator.CreateForECDsa(authority.GetECDsaPrivateKey()!);
        using var bare = request.Create(authority.SubjectName, generator, from, to, RandomNumberGenerator.GetBytes(8));
        return bare.CopyWithPrivateKey(key);
    }
}
