"""The same note by PyNFe and by nfelib's own path. Runs in an environment of its own, started by bench.nfe.

Arguments: which peer; a folder with note.xml (ours, signed) and a1.pfx; the PFX's password; how many notes.
The last line printed is the median of milliseconds a note.
"""

import datetime
import sys
import time
import warnings
from decimal import Decimal
from pathlib import Path

warnings.filterwarnings("ignore")


def median(work, count):
    times = []
    for number in range(1, count + 1):
        began = time.perf_counter()
        work(number)
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)[len(times) // 2]


def nfelib_path(folder, password, count):
    """Serialise, sign and validate as its own methods do; its objects are made once, in its favour."""
    from nfelib.nfe.bindings.v4_0.nfe_v4_00 import Nfe

    pfx = (folder / "a1.pfx").read_bytes()
    note = Nfe.from_xml((folder / "note.xml").read_text(encoding="utf-8"))
    note.signature = None

    def one(number):
        note.infNFe.ide.nNF = str(number)
        signed = note.to_xml(pkcs12_data=pfx, pkcs12_password=password, doc_id=note.infNFe.Id)
        Nfe.schema_validation(signed)

    one(1)
    return median(one, count)


def pynfe_path(folder, password, count):
    """Build, serialise and sign; it validates nothing."""
    from pynfe.entidades.cliente import Cliente
    from pynfe.entidades.emitente import Emitente
    from pynfe.entidades.fonte_dados import _fonte_dados
    from pynfe.entidades.notafiscal import NotaFiscal
    from pynfe.processamento.assinatura import AssinaturaA1
    from pynfe.processamento.serializacao import SerializacaoXML

    signer = AssinaturaA1(str(folder / "a1.pfx"), password)
    place = {"endereco_logradouro": "Rua das Aguas", "endereco_numero": "10", "endereco_bairro": "Centro"}
    place |= {"endereco_cep": "13010000", "endereco_pais": "1058"}
    emitter = Emitente(
        razao_social="Jurubim Comercio Ltda", cnpj="11222333000181", codigo_de_regime_tributario="1",
        inscricao_estadual="110042490114", endereco_municipio="Campinas", endereco_uf="SP", **place,
    )  # fmt: skip
    client = Cliente(
        razao_social="Rosana Feitosa", tipo_documento="CPF", numero_documento="52998224725", indicador_ie=9,
        endereco_municipio="Belo Horizonte", endereco_uf="MG", **place,
    )  # fmt: skip
    lines = (("CAM-1", "Camiseta", "2", "59.90"), ("BON-2", "Bone", "1", "39.90"), ("MEI-3", "Meias", "3", "9.90"))

    def one(number):
        note = NotaFiscal(
            emitente=emitter, cliente=client, uf="SP", natureza_operacao="Venda de mercadoria", forma_pagamento=0,
            modelo=55, serie="1", numero_nf=str(number), data_emissao=datetime.datetime(2026, 11, 21, 18),
            tipo_documento=1, municipio="3509502", tipo_impressao_danfe=1, forma_emissao="1", cliente_final=1,
            indicador_destino=2, indicador_presencial=2, indicador_intermediador=0, finalidade_emissao="1",
            processo_emissao="0", transporte_modalidade_frete=0,
        )  # fmt: skip
        for code, name, quantity, price in lines:
            note.adicionar_produto_servico(
                codigo=code, descricao=name, ncm="61091000", cfop="6108", ean="SEM GTIN", ean_tributavel="SEM GTIN",
                unidade_comercial="UN", quantidade_comercial=Decimal(quantity), valor_unitario_comercial=Decimal(price),
                valor_total_bruto=Decimal(quantity) * Decimal(price), unidade_tributavel="UN",
                quantidade_tributavel=Decimal(quantity), valor_unitario_tributavel=Decimal(price), ind_total=1,
                icms_modalidade="102", icms_origem=0, icms_csosn="102", pis_modalidade="49", cofins_modalidade="49",
                total_frete=Decimal("5.78"), desconto=Decimal("3.33"), valor_tributos_aprox="0",
            )  # fmt: skip
        xml = SerializacaoXML(_fonte_dados, homologacao=True).exportar()
        signer.assinar(xml)

    one(1)
    return median(one, count)


PATHS = {"nfelib": nfelib_path, "pynfe": pynfe_path}

if __name__ == "__main__":
    peer, where, secret, notes = sys.argv[1:5]
    print(round(PATHS[peer](Path(where), secret, int(notes)), 3))
